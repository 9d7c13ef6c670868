// Keeps the SameSite table up to date and counts the two minutes. Everything is written as text, never
// as markup.
(() => {
  const live = document.getElementById("table").dataset.live;
  const late = document.getElementById("late");
  let shown;
  let readyAt = 0;

  function make(name, text, className) {
    const element = document.createElement(name);
    element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  function cell(td, { state, kind, by_record, guess, recorded }) {
    const shown = by_record ?? state;
    td.replaceChildren(make("b", shown, `${by_record ? "by-record " : ""}${kind} ${shown.replace(" ", "-")}`));
    if (by_record) td.append(make("span", "recorded", "sub"));
    if (guess) td.append(make("span", guess === "right" ? "as you guessed" : "you guessed otherwise", `sub ${guess}`));
    if (recorded) td.append(make("span", `differs, recorded: ${recorded}`, "sub differs"));
  }

  function show(table) {
    for (const row of table.rows) {
      const find = (cookie) => document.querySelector(`[data-way="${row.way}"] [data-cookie="${cookie}"]`);
      row.cells.forEach((one) => cell(find(one.cookie), one));
      find("site").replaceChildren(...(row.fetch_site ? [make("code", row.fetch_site)] : []));
    }
    const browser = table.browser ? `Measured: ${table.browser}.` : "Nothing is measured yet.";
    document.getElementById("browser").textContent = browser;
    document.getElementById("record").textContent = table.record;
    document.getElementById("right").textContent = table.right ?? "";
    document.getElementById("agent").textContent = table.agent;
    document.getElementById("notes").replaceChildren(...table.notes.map((note) => make("li", note)));
  }

  function wait({ state, ready_in, too_early }) {
    late.dataset.state = state;
    readyAt = Date.now() + ready_in * 1000;
    const early = document.getElementById("late-early");
    early.hidden = too_early === null;
    early.querySelector("span").textContent = too_early ?? "";
  }

  function count() {
    const left = Math.ceil((readyAt - Date.now()) / 1000);
    const waiting = late.dataset.state === "waiting" && left > 0;
    const ready = late.dataset.state !== "unset" && !waiting;
    document.getElementById("late-go").hidden = !ready;
    const says = document.getElementById("late-says");
    if (waiting) says.textContent = `The exception still holds. The row can be measured in ${left} s.`;
    else if (ready) says.textContent = "More than two minutes have passed: the exception is over.";
    // Each second a new number: a screen reader is told at the end only.
    says.setAttribute("aria-live", waiting ? "off" : "polite");
  }

  async function poll() {
    if (document.hidden) return;
    const answer = await fetch(live);
    if (!answer.ok) return;
    const table = await answer.json();
    const { late: waits, ...rest } = table;
    if (waits) wait(waits);
    const text = JSON.stringify(rest);
    if (text !== shown) show(rest);
    shown = text;
  }

  if (late) {
    readyAt = Date.now() + late.dataset.readyIn * 1000;
    setInterval(count, 1000);
  }
  (async function loop() {
    await poll().catch(() => {});
    setTimeout(loop, 1000);
  })();
})();
