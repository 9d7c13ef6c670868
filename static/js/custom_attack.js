// Fills the table of a running attack on the own mix in; job.js polls. At the end the page is loaded
// once more, with the summary.
"use strict";

const state = document.getElementById("state");
const bar = document.getElementById("bar");

function show(progress) {
  if (!progress?.running) {
    location.reload();
    return;
  }
  bar.value = progress.done;
  const left = progress.left ? `, about ${progress.left} left` : "";
  state.textContent = `${progress.done} of ${progress.total} attacks tried${left}. ${progress.succeeded} succeeded.`;
  for (const row of progress.rows) {
    const cell = document.querySelector(`tr[data-attack="${CSS.escape(row.attack)}"] [data-field="outcome"]`);
    if (!cell || !row.outcome) continue;
    const badge = document.createElement("span");
    const message = document.createElement("span");
    badge.className = row.outcome.succeeded ? "ended weak" : "ended strong";
    badge.textContent = row.outcome.succeeded ? "succeeded" : "stopped";
    message.className = "quiet";
    message.textContent = row.outcome.message;
    cell.replaceChildren(badge, document.createElement("br"), message);
  }
}

pollJob(state, show);
