// Performs a step of the SameSite table: waits for what the page loads by itself, or follows the link
// or sends the form, as a hostile page would without asking.
(() => {
  const go = document.querySelector("[data-go]");
  if (go) return go.submit ? go.submit() : go.click();

  // The page has loaded when its frame and its image have.
  const loaded = new Promise((done) => {
    if (document.readyState === "complete") done();
    else addEventListener("load", done);
  });
  const { fetch: url } = document.querySelector("[data-fetch]").dataset;
  const fetched = fetch(url, { mode: "no-cors", credentials: "include" }).catch(() => {});
  Promise.all([loaded, fetched]).then(() => location.replace(document.getElementById("next").href));
})();
