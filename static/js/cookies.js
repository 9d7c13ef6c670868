// Shows what document.cookie gives to any script on this page, and reports it to the lab's journal.
(async () => {
  const seen = document.getElementById("seen");
  const reported = document.getElementById("reported");
  const cookie = document.cookie;

  seen.textContent = cookie ? cookie.split("; ").join("\n") : '"" (the empty string: no cookie is visible to a script)';

  const headers = { "Content-Type": "application/json" };
  if (seen.dataset.csrf) headers["X-CSRFToken"] = seen.dataset.csrf;
  try {
    const body = JSON.stringify({ cookie });
    const answer = await fetch(seen.dataset.report, { method: "POST", headers, body });
    reported.textContent = answer.ok
      ? "Reported to the lab: it appears beside this variant on the compare page."
      : `The portal did not take the report (${answer.status}).`;
  } catch {
    reported.textContent = "The report did not reach the portal.";
  }
})();
