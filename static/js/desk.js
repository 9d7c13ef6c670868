// The teacher's desk: opens it with the key in the link, refreshes the board every two seconds, and
// sends a roster's file as it is. Everything is written as text, never as markup.
(() => {
  async function open(state) {
    const key = location.hash.slice(1);
    if (!key) return;
    // The key is spent by the request, and it is no longer needed in the history.
    history.replaceState(null, "", location.pathname);
    try {
      const answer = await fetch("/sign-in", { method: "POST", body: key, headers: { "Content-Type": "text/plain" } });
      if (answer.status === 204) location.replace("/");
      else state.textContent = await answer.text();
    } catch {
      state.textContent = "The desk does not answer. Look whether the lab still runs, and open the link again.";
    }
  }

  function cell(name, text, className) {
    const element = document.createElement(name);
    element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  function row(table, data) {
    const element = document.createElement("tr");
    const head = cell("th", "");
    head.scope = "row";
    if (table.dataset.student) {
      const link = cell("a", data.name);
      link.href = table.dataset.student + data.number;
      head.append(link);
    } else head.textContent = data.name;
    element.append(head, cell("td", data.needs || ""), cell("td", data.last));
    for (const step of data.cells) {
      const text = step.state === "solved" ? "done" : step.state === "tried" ? `${step.attempts} tried` : "";
      element.append(cell("td", text, step.state || "none"));
    }
    return element;
  }

  function refresh(table) {
    const state = document.querySelector("[data-board-state]");
    const body = table.querySelector("tbody");
    let shown = "";
    let sheets = null;
    async function ask() {
      if (document.hidden) return;
      try {
        const answer = await fetch(table.dataset.live);
        if (answer.status === 401) return location.reload();
        const board = await answer.json();
        const now = JSON.stringify(board.sheets);
        // The columns are others: the page is made again.
        if (sheets !== null && sheets !== now) return location.reload();
        sheets = now;
        const rows = JSON.stringify(board.rows);
        if (rows !== shown) body.replaceChildren(...board.rows.map((data) => row(table, data)));
        shown = rows;
        state.textContent = "";
      } catch {
        state.textContent = "The desk does not answer. What you see may be old.";
      }
    }
    ask();
    setInterval(ask, 2000);
  }

  // The desk's answer to a file: how many names it took, or why it took none.
  async function sent(field, file) {
    const headers = { "Content-Type": "application/octet-stream", "X-Desk-Token": field.dataset.token };
    try {
      const answer = await fetch(field.dataset.rosterFile, { method: "POST", body: file, headers });
      const kind = answer.headers.get("content-type") || "";
      if (kind.includes("json")) return await answer.json();
      // A body that is too large is refused with a sentence. A page would be no answer to a file.
      if (kind.includes("text/plain")) return { because: await answer.text() };
    } catch {
      // The message below says it.
    }
    return { because: "The desk did not take the file. Load this page again, and choose the file again." };
  }

  function send(field) {
    const state = field.querySelector("[role=status]");
    const input = field.querySelector("input");
    field.hidden = false;
    input.addEventListener("change", async () => {
      const file = input.files[0];
      if (!file) return;
      const { names, because } = await sent(field, file);
      if (names !== undefined) return location.reload();
      state.textContent = because;
      input.setAttribute("aria-invalid", "true");
      // The same file can be chosen again after it was mended.
      input.value = "";
    });
  }

  const state = document.querySelector("[data-sign-in]");
  if (state) open(state);
  const table = document.querySelector("table[data-live]");
  if (table) refresh(table);
  const field = document.querySelector("[data-roster-file]");
  if (field) send(field);
})();
