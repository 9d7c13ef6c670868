// Watches an attack that runs in a browser; job.js polls. At the end the page is loaded once more.
"use strict";

const state = document.getElementById("state");
const bar = document.getElementById("bar");

function show(progress) {
  if (!progress?.running) {
    location.reload();
    return;
  }
  bar.value = progress.done;
  const next = progress.sides.find((side) => side.succeeded === null);
  state.textContent = `${progress.done} of ${progress.total} runs in ${progress.browser} done`
    + (next ? `; now against ${next.variant}` : "");
}

pollJob(state, show);
