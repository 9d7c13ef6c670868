// The dashboard's countdown. The limit itself is the server's: it holds without this script.
(() => {
  const box = document.querySelector("[data-time-left]");
  const read = (text) => (text === "" ? null : Number(text));
  let idle = read(box.dataset.idleSeconds);
  let absolute = read(box.dataset.absoluteSeconds);
  if (idle === null && absolute === null) return;

  const warnBelow = Number(box.dataset.warn);
  const page = document.title;
  let asked = Date.now();

  const clock = (seconds) => {
    const whole = Math.max(0, Math.ceil(seconds));
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  };

  // What a screen reader is told once; the running numbers stay silent.
  const warning = document.createElement("span");
  warning.className = "sr";
  warning.setAttribute("role", "alert");
  box.after(warning);

  function leave() {
    location.replace(box.dataset.login);
  }

  function show() {
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

  // Asking does not extend the session. `over` runs when the server also says that time is up.
  async function ask(over) {
    try {
      const answer = await fetch(box.dataset.timeLeft, { headers: { Accept: "application/json" } });
      if (answer.status === 401) return leave();
      if (!answer.ok) return;
      ({ idle, absolute } = await answer.json());
      asked = Date.now();
      if (over && [idle, absolute].some((limit) => limit !== null && limit <= 0)) over();
    } catch {
      // The lab is not running: keep counting, ask again.
    }
  }

  show();
  setInterval(() => document.hidden || show(), 1000);
  setInterval(() => document.hidden || ask(), 5000);
  document.addEventListener("visibilitychange", () => document.hidden || ask());
})();
