// Steps through a play without loading the page: the next beat is fetched and takes the place of this
// one. ← → and space do it by keyboard, while the focus is on the stage or inside it.
(() => {
  const stage = document.getElementById("stage");
  const said = document.getElementById("play-said");
  let going = false;
  const fetched = new Map();

  async function beat(address) {
    if (!fetched.has(address)) {
      const answer = fetch(address).then((reply) => {
        if (!reply.ok) throw new Error(`${reply.status}`);
        return reply.text();
      });
      fetched.set(address, answer);
    }
    try {
      const page = new DOMParser().parseFromString(await fetched.get(address), "text/html");
      return page.getElementById("stage");
    } catch (error) {
      fetched.delete(address);
      throw error;
    }
  }

  function link(rel) {
    return stage.querySelector(`a[rel=${rel}]`);
  }

  async function go(to) {
    if (!to || going) return;
    going = true;
    const rel = stage.contains(document.activeElement) ? document.activeElement.rel : null;
    try {
      const fresh = await beat(to.href);
      // Another play may have taken the place of this one meanwhile: then there is no stage.
      if (!fresh) throw new Error("no stage");
      history.replaceState(null, "", to.href);
      stage.replaceChildren(...fresh.cloneNode(true).childNodes);
      ((rel && link(rel)) || stage).focus({ preventScroll: true });
      said.textContent = [".play-count", ".play-says > :last-child", ".play-verdict"]
        .map((part) => stage.querySelector(part).textContent.trim()).join(" ");
      stage.dispatchEvent(new CustomEvent("beat", { bubbles: true }));
      for (const rel of ["next", "prev"]) if (link(rel)) beat(link(rel).href).catch(() => {});
    } catch {
      location.assign(to.href);
    } finally {
      going = false;
    }
  }

  stage.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const to = event.target.closest("a[href*='beat=']");
    if (!to) return;
    event.preventDefault();
    go(to);
  });

  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const back = event.key === "ArrowLeft" || (event.key === " " && event.shiftKey);
    if (!back && event.key !== "ArrowRight" && event.key !== " ") return;
    event.preventDefault();
    go(link(back ? "prev" : "next"));
  });

  stage.focus({ preventScroll: true });
})();
