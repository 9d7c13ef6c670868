// Loads the page again when the catcher has more than the page shows, and only while nobody reads the
// details of a request.
(() => {
  const { live, count } = document.querySelector("[data-live]").dataset;
  const more = document.getElementById("more");

  async function poll() {
    if (document.hidden) return;
    const answer = await fetch(live);
    if (!answer.ok) return;
    const now = (await answer.json()).count;
    if (String(now) === count) return;
    if (!document.querySelector("details[open]")) return location.reload();
    more.textContent = "More requests have arrived: load the page again.";
  }

  (async function loop() {
    await poll().catch(() => {});
    setTimeout(loop, 1000);
  })();
})();
