// Polls a job that runs on the lab. `state` shows how far it is: its data-live is the address to ask,
// and `show` gets each answer. What the lab sends is shown as text only, never as markup.
"use strict";

function pollJob(state, show) {
  async function poll() {
    if (document.visibilityState === "visible") {
      try {
        const reply = await fetch(state.dataset.live, { cache: "no-store" });
        if (reply.ok) {
          const progress = await reply.json();
          show(progress);
          if (!progress?.running) return;
        }
      } catch {
        state.textContent = "The lab does not answer.";
      }
    }
    setTimeout(poll, 1000);
  }
  if (state.dataset.running === "true") poll();
}
