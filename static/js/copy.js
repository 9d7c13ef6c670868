// A Copy button wherever an element says what it copies, by its selector in data-copy.
"use strict";

function addCopyButtons(root) {
  for (const place of root.querySelectorAll("[data-copy]")) {
    const what = root.querySelector(place.dataset.copy);
    if (!what || place.firstChild) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy second";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(what.value ?? what.textContent);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed here: select the text";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    place.append(button);
  }
}

addCopyButtons(document);
