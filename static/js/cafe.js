// Keeps the café's connections up to date. Everything is written as text, never as markup.
(() => {
  const box = document.querySelector("[data-live]");
  const list = document.getElementById("connections");
  let version = box.dataset.version;

  function make(name, text, className) {
    const element = document.createElement(name);
    element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  function direction(title, sent, clear) {
    const bytes = make("pre", sent.text, clear ? "wrap" : "");
    // It scrolls by itself, also with the keyboard.
    bytes.tabIndex = 0;
    const parts = [make("h4", title), bytes];
    if (sent.more) parts.push(make("p", `and ${sent.more} bytes more`, "quiet"));
    return parts;
  }

  function connection(one) {
    const clear = one.scheme === "http";
    const kind = clear ? "weak" : "strong";
    const item = make("li", "", `card ${kind}`);
    const title = make("h3", `${one.time} `);
    title.append(make("span", clear ? "unencrypted" : "TLS", `badge ${kind}`));
    item.append(title, ...direction("From the browser", one.up, clear), ...direction("From the portal", one.down, clear));
    return item;
  }

  async function poll() {
    if (document.hidden) return;
    const answer = await fetch(`${box.dataset.live}?seen=${version}`);
    if (!answer.ok) return;
    const state = await answer.json();
    for (const kind of ["unencrypted", "tls"]) {
      const count = document.getElementById(`others-${kind}`);
      if (count) count.textContent = state.others[kind];
    }
    if (!state.connections) return;
    version = state.version;
    document.getElementById("files").textContent = state.files;
    const none = make("li", "Nothing yet. Connections appear here as they happen.", "blank");
    list.replaceChildren(...(state.connections.length ? state.connections.map(connection) : [none]));
  }

  (async function loop() {
    await poll().catch(() => {});
    setTimeout(loop, 1000);
  })();
})();
