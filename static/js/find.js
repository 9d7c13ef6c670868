// The key "/" opens a box that finds any page. Without this script the link leads to a page that does
// the same. Everything is written as text, never as markup.
(() => {
  const link = document.querySelector("[data-find]");
  if (!link) return;
  const address = link.dataset.find;
  // On the portal's own listeners the box would need an answer from another origin.
  if (new URL(address, location.href).origin !== location.origin) return;
  const OFF = "find-key-off";
  let box, input, list, status;
  let asked = 0;

  function keyIsOn() {
    return localStorage.getItem(OFF) === null;
  }

  function make(name, text, properties = {}) {
    const element = document.createElement(name);
    element.textContent = text;
    return Object.assign(element, properties);
  }

  function showKey() {
    link.querySelector("kbd").hidden = !keyIsOn();
  }

  function row(result) {
    const item = make("li", "");
    const to = make("a", "", { href: result.href });
    to.append(
      make("span", result.kind, { className: "quiet" }), " ",
      make("b", result.name), " ",
      make("span", result.note, { className: "quiet note" }),
    );
    item.append(to);
    return item;
  }

  async function search() {
    const mine = ++asked;
    const question = input.value.trim();
    if (!question) {
      list.replaceChildren();
      status.textContent = "";
      return;
    }
    let found;
    try {
      const answer = await fetch(`${address}/live?q=${encodeURIComponent(question)}`);
      if (!answer.ok) throw new Error();
      found = await answer.json();
    } catch {
      if (mine === asked) status.textContent = "The lab does not answer. Is it still running?";
      return;
    }
    if (mine !== asked) return;
    list.replaceChildren(...found.map(row));
    status.textContent = found.length ? `${found.length} found` : "Nothing has all of these words.";
  }

  // Arrow keys walk through the results, and back to the question.
  function walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const links = [...list.querySelectorAll("a")];
    const next = links.indexOf(document.activeElement) + step;
    event.preventDefault();
    (links[next] ?? input).focus();
  }

  function build() {
    box = make("dialog", "", { className: "find-box" });
    box.setAttribute("aria-label", "Find");
    const form = make("form", "", { role: "search", method: "get", action: address });
    const label = make("label", "A page, sheet, attack, defence, word or catalogue key", { htmlFor: "find-q" });
    input = make("input", "", { id: "find-q", name: "q", type: "search", autocomplete: "off", maxLength: 100 });
    form.append(label, input);
    form.addEventListener("submit", (event) => {
      const first = list.querySelector("a");
      if (!first) return;
      event.preventDefault();
      location.assign(first.href);
    });
    list = make("ul", "", { className: "find-results" });
    const foot = make("div", "", { className: "find-foot" });
    status = make("span", "", { role: "status" });
    const check = make("label", "", { className: "check" });
    const tick = make("input", "", { type: "checkbox", checked: keyIsOn() });
    tick.addEventListener("change", () => {
      if (tick.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "1");
      showKey();
    });
    check.append(tick, " The key / opens this box");
    foot.append(status, check);
    box.append(form, list, foot);
    box.addEventListener("keydown", walk);
    box.addEventListener("click", (event) => {
      if (event.target === box) box.close();
    });
    input.addEventListener("input", search);
    document.body.append(box);
  }

  function open() {
    if (!box) build();
    if (box.open) return;
    box.showModal();
    input.select();
  }

  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !keyIsOn()) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    open();
  });
  showKey();
})();
