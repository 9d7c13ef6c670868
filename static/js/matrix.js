// Fills the table of a running matrix in; job.js polls.
"use strict";

const state = document.getElementById("state");
const bar = document.getElementById("bar");
const prefix = state.dataset.live.replace(/\/matrix\/live$/, "");

function links(cell, slugs) {
  cell.replaceChildren(
    ...slugs.flatMap((slug) => {
      const link = document.createElement("a");
      const code = document.createElement("code");
      link.href = `${prefix}/defences/${encodeURIComponent(slug)}`;
      code.textContent = slug;
      link.append(code);
      return [link, " "];
    }),
  );
}

function show(progress) {
  bar.max = progress.total;
  bar.value = progress.done;
  state.textContent = `${progress.done} of ${progress.total} cells, ${progress.wrong} wrong`;
  for (const row of progress.rows) {
    const line = document.querySelector(`tr[data-attack="${CSS.escape(row.name)}"]`);
    if (!line) continue;
    const field = (name) => line.querySelector(`[data-field="${name}"]`);
    for (const side of ["insecure", "hardened"]) {
      field(side).textContent = row[side];
      field(side).className = row[side] === "succeeds" ? "weak" : row[side] === "stopped" ? "strong" : "";
    }
    links(field("only"), row.only);
    links(field("without"), row.without);
    field("done").textContent = row.done;
    field("wrong").textContent = row.wrong.length ? ` wrong: ${row.wrong.join(", ")}` : "";
  }
  for (const cost of progress.costs) {
    const part = document.querySelector(`[data-cost="${CSS.escape(cost.name)}"]`);
    for (const arm of cost.arms) {
      const said = part?.querySelector(`[data-arm="${CSS.escape(arm.slug)}"]`);
      if (said) said.textContent = arm.description ?? "not measured";
    }
  }
  for (const threat of progress.threats) {
    const said = document.querySelector(`[data-threat="${CSS.escape(threat.key)}"]`);
    if (said) said.textContent = threat.measured.join(" ") || "not run";
  }
  document.querySelector("button[type=submit]").disabled = progress.running;
}

pollJob(state, show);
