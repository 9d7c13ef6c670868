// Keeps "Your own browser and curl" up to date: the last real requests and the reported
// document.cookie of each side. Everything is written as text, never as markup.
(() => {
  // Stacked columns: after a button, show the result rather than the buttons.
  if (location.hash === "#exercise" && matchMedia("(max-width: 899px)").matches) {
    addEventListener("load", () => document.querySelector(".steps").scrollIntoView());
  }

  const live = document.querySelector("[data-live]").dataset.live;
  const sides = new Map([...document.querySelectorAll("[data-side]")].map((box) => [box.dataset.side, box]));
  const shown = new Map();

  function make(name, text, className) {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  function request(own) {
    const item = make("li");
    const line = make("p");
    line.append(make("span", own.client, "badge"), " ", make("code", own.line), " ");
    line.append(make("span", `${own.status}, ${own.time}`, "quiet"));
    item.append(line);
    for (const text of [...own.cookie, ...own.set_cookie.map((set) => `Set-Cookie: ${set}`)]) {
      const sub = make("p", undefined, "sub");
      sub.append(make("code", text));
      item.append(sub);
    }
    return item;
  }

  function update(name, side) {
    const text = JSON.stringify(side);
    if (!sides.has(name) || shown.get(name) === text) return;
    shown.set(name, text);
    const box = sides.get(name);
    if (side.own.length) box.querySelector("[data-own]").replaceChildren(...side.own.map(request));
    const cookie = side.document_cookie;
    if (!cookie) return;
    const seen = make("code", cookie.text);
    box.querySelector("[data-seen]").replaceChildren(seen, " ", make("span", cookie.time, "quiet"));
  }

  // One answer may hold both sides: ask for a side only if no earlier answer held it.
  async function poll() {
    if (document.hidden) return;
    const open = new Set(sides.keys());
    for (const name of sides.keys()) {
      if (!open.has(name)) continue;
      const answer = await fetch(`${live}?side=${encodeURIComponent(name)}`);
      if (!answer.ok) return;
      for (const [found, side] of Object.entries(await answer.json())) {
        open.delete(found);
        update(found, side);
      }
    }
  }

  (async function loop() {
    await poll().catch(() => {});
    setTimeout(loop, 1000);
  })();
})();
