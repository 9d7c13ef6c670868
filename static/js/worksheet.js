// Asks every second which steps of a sheet are solved, while the page is visible, and puts a Copy
// button on every block of commands. Everything is written as text, never as markup.
(() => {
  const page = document.querySelector("[data-live]");
  const live = page.dataset.live;
  const next = page.querySelector("[data-next]");
  const away = page.querySelector("[data-away]");
  const announce = page.querySelector("[data-announce]");
  const shown = {};
  let failures = 0;

  function make(name, text, className) {
    const element = document.createElement(name);
    element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  function attempts(count) {
    return count === 1 ? "1 attempt" : `${count} attempts`;
  }

  // Marks a step as solved in the list, says so, and moves the button to the next open one.
  function tick(id) {
    const row = page.querySelector(`[data-rail="${CSS.escape(id)}"]`);
    row.classList.add("strong");
    row.querySelector("[data-rail-state]").textContent = ", solved";
    const name = row.querySelector("a").textContent.split(",")[0].trim();
    announce.textContent = `${name} is solved.`;
    const open = page.querySelector(".rail-step:not(.strong) a");
    if (open) {
      next.href = open.getAttribute("href");
      next.textContent = `Next: ${open.textContent.trim().toLowerCase()}`;
    } else {
      next.href = live.replace(/live$/, "report");
      next.textContent = "All steps done: your report";
    }
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
      tick(step.id);
      return;
    }
    const line = make("p", "");
    if (step.status) line.append(make("b", step.status), " ");
    line.append(step.messages.join(" "));
    if (step.attempts) line.append(" ", make("span", `Attempts: ${step.attempts}.`, "quiet"));
    seen.replaceChildren(line);
  }

  async function poll() {
    if (document.visibilityState !== "visible") return;
    try {
      const answer = await fetch(live, {
        headers: { accept: "application/json" },
        signal: AbortSignal.timeout(3000),
      });
      if (!answer.ok) return;
      const now = await answer.json();
      failures = 0;
      away.hidden = true;
      for (const points of page.querySelectorAll("[data-points]")) points.textContent = now.points;
      now.steps.forEach(show);
    } catch {
      // One failure may be a restart. The next second asks again.
      failures += 1;
      away.hidden = failures < 2;
    }
  }

  for (const block of page.querySelectorAll(".copyable")) {
    const button = block.querySelector(".copy");
    // A command that goes on over several lines is several elements.
    const lines = [...block.querySelectorAll("kbd")].map((line) => line.textContent);
    if (!lines.length) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(`${lines.join("\n")}\n`);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed here: select the text";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }

  // The list is open where there is room beside the sheet.
  const wide = matchMedia("(min-width: 68em)");
  const list = page.querySelector(".rail-list");
  const fit = () => { list.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();

  setInterval(poll, 1000);
  poll();
})();
