// Presses the button by itself where the page was opened for that, as a real attacker's page would.
(() => {
  const trap = document.getElementById("trap");
  if (trap.dataset.go) trap.submit();
})();
