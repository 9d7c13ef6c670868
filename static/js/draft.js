// Keeps an unfinished notice in this browser until it is posted.
(() => {
  const field = document.querySelector("[data-draft]");
  const key = field.dataset.draft;
  if (!field.value) field.value = localStorage.getItem(key) ?? "";
  field.addEventListener("input", () => localStorage.setItem(key, field.value));
  field.form.addEventListener("submit", () => localStorage.removeItem(key));
})();
