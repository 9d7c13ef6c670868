// Keeps the evidence page up to date: sessions, their times left, events and the lab's clock.
// Asking does not extend a session. What it writes itself it writes as text, never as markup.
(() => {
  const live = document.querySelector("[data-live]").dataset.live;
  const rows = document.getElementById("session-rows");
  const events = document.getElementById("event-rows");
  const lives = document.getElementById("timelines");
  const shown = {};

  function make(name, text, className) {
    const element = document.createElement(name);
    element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  function cell(content) {
    const td = document.createElement("td");
    td.append(content);
    return td;
  }

  function session(s) {
    const row = document.createElement("tr");
    row.append(
      cell(s.user ? make("b", s.user) : "nobody"),
      cell(s.state),
      cell(s.created),
      cell(s.seen),
      cell(s.idle_left ?? "no limit"),
      cell(s.absolute_left ?? "no limit"),
      cell(s.rotated_from ? make("code", s.rotated_from) : "not rotated"),
      cell(make("code", s.created_by)),
      cell(s.label),
    );
    const stored = document.createElement("tr");
    const file = cell(make("span", rows.dataset.called, "quiet"));
    file.append(" ", make("code", s.file, "file"));
    file.colSpan = 9;
    stored.className = "stored-as";
    stored.append(file);
    return [row, stored];
  }

  function noSession() {
    const row = document.createElement("tr");
    const only = make("td", "No session. Open the portal's sign-in page to get an anonymous one.", "quiet");
    only.colSpan = 9;
    row.append(only);
    return row;
  }

  function event(e) {
    const item = document.createElement("li");
    item.append(make("time", e.time), " ", make("span", e.what), " ", make("span", e.client, "quiet"));
    return item;
  }

  // Only what changed is written, so that a selection or a screen reader is not disturbed.
  function changed(key, value) {
    const text = JSON.stringify(value);
    if (shown[key] === text) return false;
    shown[key] = text;
    return true;
  }

  // The drawings come from the server as markup in which every word is escaped. Whatever the reader
  // opened or moved aside stays so.
  async function redraw() {
    const answer = await fetch(lives.dataset.timelines);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const ids = (box) => [...box.children].map((child) => child.id).join(" ");
    const alike = ids(lives) === ids(page.body);
    for (const figure of page.querySelectorAll("figure")) {
      const old = document.getElementById(figure.id);
      if (!old) continue;
      figure.querySelector("details").open = old.querySelector("details").open;
      if (!alike || old.isEqualNode(figure)) continue;
      const left = old.querySelector(".scroll").scrollLeft;
      old.replaceWith(figure);
      figure.querySelector(".scroll").scrollLeft = left;
    }
    if (!alike) lives.replaceChildren(...page.body.children);
  }

  // What the drawings depend on: not the countdowns, but each minute, because time goes on.
  function story(state) {
    const sessions = state.sessions.map(({ idle_left, absolute_left, ...rest }) => rest);
    return [sessions, state.events, state.clock.now.slice(0, -3)];
  }

  async function poll() {
    if (document.hidden) return;
    const answer = await fetch(live);
    if (!answer.ok) return;
    const state = await answer.json();
    document.getElementById("total").textContent = state.total;
    if (changed("sessions", state.sessions)) {
      rows.replaceChildren(...(state.sessions.length ? state.sessions.flatMap(session) : [noSession()]));
    }
    if (changed("events", state.events) && state.events.length) {
      events.replaceChildren(...state.events.map(event));
    }
    if (changed("story", story(state))) await redraw();
    document.getElementById("clock-now").textContent = state.clock.now;
    const ahead = state.clock.ahead_minutes;
    document.getElementById("clock-ahead").textContent = ahead ? `${ahead} min ahead` : "real time";
  }

  (async function loop() {
    await poll().catch(() => {});
    setTimeout(loop, 1000);
  })();
})();
