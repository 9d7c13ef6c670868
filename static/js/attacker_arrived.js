// Keeps "What the portal received" up to date. Everything is written as text, never as markup.
(() => {
  const live = document.getElementById("arrived").dataset.live;
  const list = document.getElementById("arrived-list");
  let shown;

  function make(name, text, className) {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  function request(one) {
    const kind = { "cross-site": "attacker", "same-site": "mixed" }[one.from];
    const item = make("li", "", kind);
    const line = make("p", "", "row");
    line.append(make("code", one.line), make("span", String(one.status)), make("span", one.by, "badge"));
    if (one.from) line.append(make("span", one.from, `badge ${kind}`));
    line.append(make("span", one.time, "quiet"));
    const facts = make("dl");
    const fact = (name, value) => {
      const pair = make("div");
      const dd = make("dd");
      dd.append(value);
      pair.append(make("dt", name), dd);
      facts.append(pair);
    };
    fact("Session cookie", make("b", one.cookie));
    for (const [name, value] of one.fields) {
      fact(name, value === null ? make("span", "not sent", "quiet") : make("code", value));
    }
    item.append(line, facts);
    if (one.but) item.append(make("p", one.but, "small"));
    return item;
  }

  async function poll() {
    if (document.hidden) return;
    const answer = await fetch(live);
    if (!answer.ok) return;
    const text = await answer.text();
    if (text === shown) return;
    shown = text;
    const all = JSON.parse(text);
    if (all.length) list.replaceChildren(...all.map(request));
  }

  (async function loop() {
    await poll().catch(() => {});
    setTimeout(loop, 1000);
  })();
})();
