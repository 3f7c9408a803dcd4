// What people ask of their data: a new request, and what is done about one.
import { onForm } from "./forms.js";
import { $, ask, fill, when, words } from "./page.js";

const LOOK_MS = 2000;
const SELDOM_MS = 60_000; // each look is on record
const RUNNING = ["in_progress"];

export function board() {
  onForm($("#request-new"), async (fields) => {
    const { id } = await ask("POST", "/v1/privacy/requests", fields);
    location.assign(`/requests/${id}`);
  });
}

export function one() {
  const { request: id, status } = $("#standing").dataset;
  for (const form of document.querySelectorAll("[data-verb]")) {
    onForm(form, async (fields) => {
      const verb = form.dataset.verb, said = await ask("POST", `/v1/privacy/requests/${id}:${verb}`, bodyOf(fields));
      if (verb === "send-code") return sent(said);
      location.reload();
    });
  }
  if (RUNNING.includes(status)) setTimeout(() => look(id, status, LOOK_MS), LOOK_MS);
}

function bodyOf(fields) {
  return Object.keys(fields).length ? fields : null;
}

function sent({ left, valid_until: until }) {
  $("#sent").replaceChildren(`${fill(words.code_sent, { left })} `, when(until));
}

// While the services answer, the page is drawn anew once something has changed; it looks less and less often.
async function look(id, status, waited) {
  const told = await ask("GET", `/v1/privacy/requests/${id}`).catch(() => null);
  if (told && told.status !== status) return location.reload();
  const wait = Math.min(waited * 1.5, SELDOM_MS);
  setTimeout(() => look(id, status, wait), wait);
}
