// Copies a payload to the clipboard. Without this script it is selected by hand.
(() => {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = document.getElementById(button.dataset.copy).textContent;
      const said = button.parentElement.querySelector("[role=status]");
      try {
        await navigator.clipboard.writeText(text);
        said.textContent = "Copied.";
      } catch {
        said.textContent = "The browser did not allow it: select the text by hand.";
      }
    });
  }
})();
