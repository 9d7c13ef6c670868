// Fills the heat map in while the matrix runs; job.js polls. The table comes from the server as
// markup in which every word is escaped. A click on an empty cell opens it as well.
"use strict";

const state = document.getElementById("state");
const bar = document.getElementById("bar");
const map = document.getElementById("map");
const opened = document.getElementById("cell")?.dataset.cell;
let shown = bar.value;

// Marks the cell that is open.
function mark() {
  if (!opened) return;
  const [attack, column] = opened.split(".");
  const cell = map.querySelector(`tr[data-attack="${CSS.escape(attack)}"] > td[data-column="${CSS.escape(column)}"] > a`);
  cell?.setAttribute("aria-current", "true");
}

// The cell that has the focus keeps it, and the table stays where it was scrolled to.
async function redraw() {
  const answer = await fetch(map.dataset.table, { cache: "no-store" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = map.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const box = map.querySelector(".heat-map");
  const place = box ? [box.scrollLeft, box.scrollTop] : [0, 0];
  map.replaceChildren(...page.body.childNodes);
  map.querySelector(".heat-map")?.scrollTo(...place);
  mark();
  if (focused) map.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function show(progress) {
  bar.max = progress.total;
  bar.value = progress.done;
  state.textContent = progress.status;
  document.getElementById("start").hidden = progress.running;
  document.getElementById("stop").hidden = !progress.running;
  if (progress.done === shown && progress.running) return;
  shown = progress.done;
  redraw().catch(() => {});
}

map.addEventListener("click", (event) => {
  const cell = event.target.closest("td[data-column]");
  if (!cell || event.target.closest("a")) return;
  const url = new URL(map.dataset.table.replace("/table/live", ""), location.href);
  url.searchParams.set("cell", `${cell.parentElement.dataset.attack}.${cell.dataset.column}`);
  url.hash = "cell";
  location.assign(url);
});

// The arrow keys go from cell to cell: along a row, or to the nearest cell of another row.
map.addEventListener("keydown", (event) => {
  const cell = event.target.closest("td[data-column]");
  const row = cell?.parentElement;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!row || !step) return;
  event.preventDefault();
  const cells = (of) => [...of.querySelectorAll("td > a")];
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    cells(row)[cells(row).indexOf(event.target) + step]?.focus();
    return;
  }
  const rows = [...map.querySelectorAll("tr[data-attack]")];
  const next = rows[rows.indexOf(row) + step];
  if (!next) return;
  const apart = (link) => Math.abs(link.parentElement.cellIndex - cell.cellIndex);
  cells(next).reduce((best, link) => (apart(link) < apart(best) ? link : best)).focus();
});

mark();
pollJob(state, show);
