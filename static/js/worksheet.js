// Asks every second which steps of a sheet are solved, while the page is visible. Everything is written
// as text, never as markup.
(() => {
  const live = document.querySelector("[data-live]").dataset.live;
  const points = document.querySelector("[data-points]");
  const shown = {};

  function make(name, text, className) {
    const element = document.createElement(name);
    element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  function attempts(count) {
    return count === 1 ? "1 attempt" : `${count} attempts`;
  }

  function show(step) {
    const text = JSON.stringify(step);
    if (shown[step.id] === text) return;
    const first = !(step.id in shown);
    shown[step.id] = text;
    // The page came with what the first answer says.
    if (first && !step.solved) return;
    const box = document.getElementById(step.id);
    const seen = box.querySelector("[data-seen]");
    if (step.solved) {
      if (box.classList.contains("strong")) return;
      box.classList.add("strong");
      const state = box.querySelector("[data-state]");
      state.textContent = "solved";
      state.classList.add("strong");
      const list = document.createElement("ul");
      list.append(...step.messages.map((sentence) => make("li", sentence)));
      seen.replaceChildren(make("p", `What the server saw, after ${attempts(step.attempts)}:`, "quiet"), list);
      return;
    }
    const line = make("p", "");
    line.append(make("b", "Not yet."), " ", step.messages.join(" "));
    if (step.attempts) line.append(" ", make("span", `Attempts: ${step.attempts}.`, "quiet"));
    seen.replaceChildren(line);
  }

  async function poll() {
    if (document.visibilityState !== "visible") return;
    try {
      const answer = await fetch(live, { headers: { accept: "application/json" } });
      if (!answer.ok) return;
      const now = await answer.json();
      points.textContent = now.points;
      now.steps.forEach(show);
    } catch {
      // The lab was stopped or is being started again. The next second asks again.
    }
  }

  setInterval(poll, 1000);
  poll();
})();
