// Counts what is chosen, and loses no choice: they are kept in this tab until they are saved, also
// when the lab refuses them or does not answer.
(() => {
  const key = `own mix ${location.pathname}`;
  const main = document.querySelector("main");
  const form = () => document.getElementById("mix");
  const choices = () => Object.fromEntries(new FormData(form()));
  // What the page came with is what the lab has, unless the lab has just refused it.
  let saved = main.querySelector("#message [role=alert]") ? null : JSON.stringify(choices());

  function tally() {
    const all = form().querySelectorAll("input:checked");
    const weak = [...all].filter((input) => input.closest(".check").classList.contains("weak")).length;
    form().querySelector("[data-weak]").textContent = weak;
    form().querySelector("[data-strong]").textContent = all.length - weak;
    const unsaved = JSON.stringify(choices()) !== saved;
    form().querySelector("[data-unsaved]").textContent = unsaved ? "Not saved yet." : "";
    if (unsaved) sessionStorage.setItem(key, JSON.stringify(choices()));
    else sessionStorage.removeItem(key);
  }

  function say(text) {
    const notice = document.createElement("div");
    notice.className = "notice weak";
    notice.setAttribute("role", "alert");
    notice.textContent = `Not saved. ${text} Your choices are kept on this page.`;
    document.getElementById("message").replaceChildren(notice);
    scrollTo(0, 0);
  }

  function restore() {
    const kept = sessionStorage.getItem(key);
    if (!kept || kept === saved || saved === null) return;
    for (const [name, arm] of Object.entries(JSON.parse(kept))) {
      const input = form().querySelector(`input[name="${CSS.escape(name)}"][value="${CSS.escape(arm)}"]`);
      if (input) input.checked = true;
    }
  }

  main.addEventListener("change", tally);
  main.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { target, submitter } = event;
    const fields = new URLSearchParams(new FormData(target));
    if (submitter?.name) fields.set(submitter.name, submitter.value);
    try {
      const answer = await fetch(target.action, { method: "POST", body: fields });
      if (answer.ok) {
        sessionStorage.removeItem(key);
        location.assign(answer.url);
        return;
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.getElementById("mix")) return say(page.querySelector("main")?.textContent.trim() ?? "");
      main.replaceChildren(...page.querySelector("main").childNodes);
      document.title = page.title;
      saved = null;
      tally();
      scrollTo(0, 0);
      document.getElementById("error").focus();
    } catch {
      say("The lab does not answer. Save again when it does.");
    }
  });

  restore();
  tally();
})();
