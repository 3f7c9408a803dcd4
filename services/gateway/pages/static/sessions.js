// Where somebody is signed in: one's own sessions, or for an Admin those of a user.
import { $, announce, ask, refocus, words } from "./page.js";

const rows = () => [...document.querySelectorAll("[data-session]")];

export function start() {
  for (const row of rows()) onClick($(".end", row), () => end(row));
  onClick($("#end-others"), async () => {
    await ask("POST", "/v1/sessions:end-others");
    gone(rows().filter((row) => !("this" in row.dataset)));
  });
  onClick($("#end-all"), async () => {
    for (const row of rows()) await end(row);
  });
}

// Whoever ends the session of this page is no longer signed in.
async function end(row) {
  await ask("DELETE", `/v1/sessions/${row.dataset.session}`).catch((refusal) => {
    if (refusal.status !== 404) throw refusal; // it ended by itself
  });
  if ("this" in row.dataset) return location.assign("/");
  gone([row]);
}

function gone(ended) {
  for (const row of ended) row.remove();
  const left = rows().length;
  if ($("#end-others")) $("#end-others").hidden = left < 2;
  if ($("#end-all")) $("#end-all").hidden = left < 1;
  $("#sessions-title").focus(); // the button that had the focus is gone
  announce(words.session_ended);
}

function onClick(button, act) {
  button?.addEventListener("click", async () => {
    const problem = $("#sessions .problem");
    problem.textContent = "";
    button.disabled = true;
    await act().catch((refusal) => { problem.textContent = refusal.message; });
    button.disabled = false;
    refocus(button);
  });
}
