// Shows how far an audit is; job.js polls. At the end the page is loaded once more, with the report.
"use strict";

const state = document.getElementById("state");
const bar = document.getElementById("bar");

function show(progress) {
  if (!progress?.running) {
    location.reload();
    return;
  }
  bar.value = progress.done;
  state.textContent = `${progress.variant}: ${progress.done} of ${progress.total} checks begun. ${progress.asks}`;
}

pollJob(state, show);
