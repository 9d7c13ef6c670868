// The countdown on every page of somebody signed in. The limit itself is the server's: it holds without
// this script.
(() => {
  const box = document.querySelector(".count");
  const { base, login, warn } = box.dataset;
  const read = (text) => (text === "" ? null : Number(text));
  let idle = read(box.dataset.idleSeconds);
  let absolute = read(box.dataset.absoluteSeconds);
  const stay = box.parentElement.querySelector(`a[href="${base}/dashboard"]`);
  if (idle === null && absolute === null) return;

  const warnBelow = Number(warn);
  const page = document.title;
  let asked = Date.now();
  let over = false;

  const clock = (seconds) => {
    const whole = Math.max(0, Math.ceil(seconds));
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  };

  // What a screen reader is told once; the running numbers stay silent.
  const warning = document.createElement("span");
  warning.className = "sr";
  warning.setAttribute("role", "alert");
  box.after(warning);

  // Whether leaving the page would lose something. A password does not count: nothing keeps one.
  function typed() {
    return [...document.querySelectorAll("main input, main textarea")].some((field) => {
      if (field.type === "hidden" || field.type === "password" || field.readOnly) return false;
      if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
      return field.value !== field.defaultValue || (field.value && document.querySelector("main [name=draft]"));
    });
  }

  function leave() {
    if (over) return;
    if (!typed()) return location.replace(login);
    over = true;
    const text = "Your session has ended. What you typed is still here: send it, and sign in again.";
    box.textContent = warning.textContent = text;
    box.classList.add("warn");
    document.title = `Session ended: ${page}`;
    stay.hidden = true;
  }

  function show() {
    if (over) return;
    const gone = (Date.now() - asked) / 1000;
    const left = [idle, absolute].filter((limit) => limit !== null).map((limit) => limit - gone);
    const least = Math.min(...left);
    if (least <= 0) return ask(leave);
    const which = absolute !== null && absolute - gone === least ? "at the latest" : "unless you use it";
    box.textContent = `This session ends in ${clock(least)}, ${which}.`;
    const near = least < warnBelow;
    box.classList.toggle("warn", near);
    document.title = near ? `(${clock(least)}) ${page}` : page;
    if (near && !warning.textContent) warning.textContent = `Your session ends in less than ${warnBelow} seconds.`;
    if (!near) warning.textContent = "";
  }

  const api = (path) => fetch(`${base}/api/${path}`, { headers: { Accept: "application/json" } });

  // Asking does not extend the session. `atEnd` runs when the server also says that time is up.
  async function ask(atEnd) {
    if (over) return;
    try {
      const answer = await api("time_left");
      if (answer.status === 401) return leave();
      if (!answer.ok) return;
      ({ idle, absolute } = await answer.json());
      asked = Date.now();
      if (atEnd && [idle, absolute].some((limit) => limit !== null && limit <= 0)) atEnd();
    } catch {
      // The lab is not running: keep counting, ask again.
    }
  }

  // The link loads the dashboard, which would lose what was typed on this page. A request that
  // counts as use does the same without leaving.
  stay.addEventListener("click", async (click) => {
    if (box.closest("main") && !typed()) return;
    click.preventDefault();
    await api("check_session").catch(() => null);
    await ask();
    show();
  });

  show();
  setInterval(() => document.hidden || show(), 1000);
  setInterval(() => document.hidden || ask(), 5000);
  document.addEventListener("visibilitychange", () => document.hidden || ask());
})();
