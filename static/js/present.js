// Presents a page at a projector: large letters, no navigation, no secret of a bench, and ← → through
// what the page has. Loaded before the page is shown, so that nothing jumps. A tab remembers it.
(() => {
  const ON = "presenting";
  const OFF = "present-key-off";
  const root = document.documentElement;
  // What the arrows go through, where the page has no stage.
  const STOPS = "main h1, main h2:not(.sr), main > .facts, main .step, main .question, main .reflection,"
    + " main .screenshot, main .transcript > li";
  const HIDDEN = "…";
  // The name of a session's record is its id where the store is weak, and may be a short number.
  const NAMED = ".file, [data-secret]";
  // Values of cookies, tokens, ids: whatever would let a reader of the projector in.
  const SECRETS = [
    [/((?:session|refresh|state|role|browser|csrf)_[\w-]*=)[^;\s"'<&…]+/g, `$1${HIDDEN}`],
    [/\b(sid=)[^;\s"'<&…]+/g, `$1${HIDDEN}`],
    [/((?:session|refresh|state|role|browser|csrf)_[\w-]*%3D)[^;\s"'<&%…]+/gi, `$1${HIDDEN}`],
    [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, HIDDEN],
    [/\beyJ[\w-]{20,}/g, HIDDEN],
    [/(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{32,}(?![\w-])/g, HIDDEN],
  ];
  const originals = new Map();
  let at = -1;
  let bar, count, watcher;

  const presenting = () => sessionStorage.getItem(ON) !== null;
  const keyIsOn = () => localStorage.getItem(OFF) === null;
  const masked = (text) => SECRETS.reduce((so, [what, by]) => so.replace(what, by), text);

  root.classList.add("can-present");
  root.classList.toggle("presenting", presenting());
  root.classList.toggle("present-key", keyIsOn());

  function mask(node) {
    if (node.nodeType === Node.TEXT_NODE) {
      // What is in a field stays there: it is sent. `hideField` shows it as dots.
      if (node.parentElement?.closest("textarea, script, style")) return;
      const whole = node.data.trim() && node.parentElement?.closest(NAMED);
      const hidden = whole ? HIDDEN : masked(node.data);
      if (hidden !== node.data) {
        originals.set(node, node.data);
        node.data = hidden;
      }
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) mask(text);
    for (const field of [node, ...node.querySelectorAll("input, textarea")]) hideField(field);
  }

  // What is in a field stays there; its letters are shown as dots.
  function hideField(field) {
    // The value of an <li> or a <progress> is a number.
    if (typeof field.value !== "string" || !field.classList) return;
    field.classList.toggle("present-secret", masked(field.value) !== field.value);
  }

  function stops() {
    return [...document.querySelectorAll(STOPS)].filter((stop) => stop.checkVisibility());
  }

  function show() {
    const stage = document.getElementById("stage");
    if (stage) {
      count.textContent = "";
      return;
    }
    const all = stops();
    count.textContent = at < 0 ? `${all.length} parts` : `${at + 1} of ${all.length}`;
  }

  function step(by) {
    const stage = document.getElementById("stage");
    if (stage) {
      stage.querySelector(`a[rel=${by > 0 ? "next" : "prev"}]`)?.click();
      return;
    }
    const all = stops();
    if (!all.length) return;
    at = Math.min(Math.max(at + by, 0), all.length - 1);
    const stop = all[at];
    document.querySelector(".present-here")?.classList.remove("present-here");
    stop.classList.add("present-here");
    const fold = stop.matches("details") ? stop : stop.querySelector(":scope > details");
    if (fold) fold.open = true;
    if (!stop.hasAttribute("tabindex")) stop.tabIndex = -1;
    stop.focus({ preventScroll: true });
    stop.scrollIntoView({ block: "start" });
    show();
  }

  function button(text, act) {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className: "second", textContent: text });
    made.addEventListener("click", act);
    return made;
  }

  function build() {
    bar = document.createElement("div");
    bar.className = "present-bar";
    bar.setAttribute("role", "region");
    bar.setAttribute("aria-label", "Presenting");
    count = document.createElement("span");
    count.setAttribute("role", "status");
    const check = document.createElement("label");
    const tick = Object.assign(document.createElement("input"), { type: "checkbox", checked: keyIsOn() });
    tick.addEventListener("change", () => {
      if (tick.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "1");
      root.classList.toggle("present-key", keyIsOn());
    });
    check.append(tick, " The key p starts and ends this");
    bar.append(button("←", () => step(-1)), count, button("→", () => step(1)), check, button("End (Esc)", end));
    bar.querySelector("button").setAttribute("aria-label", "Back");
    bar.querySelectorAll("button")[1].setAttribute("aria-label", "Next");
    document.body.append(bar);
  }

  function begin() {
    root.classList.add("presenting");
    if (!bar) build();
    mask(document.body);
    watcher = new MutationObserver((changes) => {
      for (const change of changes) {
        if (change.type === "characterData") mask(change.target);
        else change.addedNodes.forEach(mask);
      }
    });
    watcher.observe(document.body, { childList: true, subtree: true, characterData: true });
    document.body.addEventListener("input", typed);
    show();
  }

  function typed(event) {
    hideField(event.target);
  }

  function start() {
    sessionStorage.setItem(ON, "1");
    begin();
  }

  function end() {
    sessionStorage.removeItem(ON);
    root.classList.remove("presenting");
    watcher?.disconnect();
    document.body.removeEventListener("input", typed);
    for (const [node, text] of originals) node.data = text;
    originals.clear();
    document.querySelector(".present-here")?.classList.remove("present-here");
    at = -1;
  }

  function toggle() {
    if (presenting()) end();
    else start();
  }

  // Clickers at lecterns send the keys of pages.
  const STEPS = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], dialog")) return;
    if (event.key === "p" && keyIsOn()) {
      event.preventDefault();
      toggle();
    } else if (presenting() && event.key === "Escape") {
      end();
    } else if (presenting() && STEPS[event.key]) {
      event.preventDefault();
      step(STEPS[event.key]);
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("[data-present]")?.addEventListener("click", start);
    if (presenting()) begin();
  });
})();
