// Reads the token while it is typed, and puts the results into the page without leaving the place.
// The server does all the reading; its page comes back as markup in which every word is escaped.
(() => {
  const ask = () => document.getElementById("ask");
  const said = document.createElement("p");
  said.className = "sr";
  said.setAttribute("role", "status");
  document.querySelector("main").append(said);
  let asking = null;
  let waiting;

  function put(page, ids) {
    for (const id of ids) document.getElementById(id).replaceWith(page.getElementById(id));
    addCopyButtons(document);
    said.textContent = document.querySelector("#says .verdict, #says .notice")?.textContent ?? "";
  }

  function refuse(text) {
    const notice = document.createElement("div");
    const says = document.getElementById("says");
    notice.className = "notice weak";
    notice.setAttribute("role", "alert");
    notice.textContent = `${text} What you typed is kept.`;
    says.querySelector(".notice")?.remove();
    says.prepend(notice);
  }

  // The answer to a newer question counts, and no older one.
  async function send(form, submitter) {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const fields = new URLSearchParams(new FormData(form));
    fields.set("action", submitter?.value ?? "ask");
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body: fields, signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (signal.aborted) return null;
      if (page.getElementById("says")) return page;
      refuse(page.querySelector("main")?.textContent.trim() ?? `The lab answered ${answer.status}.`);
    } catch (error) {
      if (error.name !== "AbortError") refuse("The lab does not answer. Try again.");
    }
    return null;
  }

  // While the token is typed, its field stays as it is.
  async function read() {
    if (!document.getElementById("token").value.trim()) return;
    const page = await send(ask());
    if (page) put(page, ["says", "result", "all", "key"]);
  }

  addEventListener("input", (event) => {
    if (!["token", "home"].includes(event.target.id)) return;
    clearTimeout(waiting);
    waiting = setTimeout(read, 250);
  });

  document.querySelector("main").addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    const { target: form, submitter } = event;
    const page = await send(form, submitter);
    if (!page) return;
    const refused = page.querySelector("#says [role=alert]");
    // A refusal leaves every field as it was typed, and marks the one that it is about.
    for (const field of document.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    document.title = page.title;
    if (refused) {
      const wrong = document.getElementById(page.querySelector("[aria-invalid]")?.id);
      wrong?.setAttribute("aria-invalid", "true");
      wrong?.setAttribute("aria-describedby", "error");
      put(page, ["says"]);
      document.getElementById("error").focus();
      return;
    }
    put(page, ["issue", "ask", "says", "result", "all", "key"]);
    document.querySelector(`button[name=action][value=${submitter.value}]`)?.focus({ preventScroll: true });
  });
})();
