// Adds the requests that come while the page is open. The server writes the rows, escaped, with the
// template of the page's own; here they are only put in, and those that are too many taken out.
(() => {
  const list = document.querySelector("[data-live]");
  const { live, shown } = list.dataset;
  const nothing = document.getElementById("nothing");
  const pause = document.getElementById("pause");
  let paused = false;

  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? "Go on" : "Pause";
  });

  async function poll() {
    if (document.hidden || paused) return;
    const answer = await fetch(`${live}&after=${list.dataset.newest}`);
    if (!answer.ok || paused) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const { newest } = page.querySelector("[data-newest]").dataset;
    if (paused || newest === list.dataset.newest) return;
    // A lab that was started again counts from 1.
    if (Number(newest) < Number(list.dataset.newest)) list.replaceChildren();
    list.dataset.newest = newest;
    const rows = page.querySelectorAll("li[data-id]");
    if (!rows.length) return;
    for (const mark of list.querySelectorAll(".fresh")) mark.remove();
    list.prepend(...rows);
    while (list.childElementCount > Number(shown)) list.lastElementChild.remove();
    nothing.hidden = true;
  }

  (async function loop() {
    await poll().catch(() => {});
    setTimeout(loop, 1000);
  })();
})();
