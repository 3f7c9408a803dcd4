// The answer box: what a text will cost, whether it may go, and why not, before it is sent.
import { $, ask, calmly, fill, onSubmit, sentenceOf, when, words } from "./page.js";

let to = null;
let key = null; // names the draft: sent again after a silence, it is not a second message
let refused = false;

export function start(reload) {
  const form = $("#answer");
  form.addEventListener("input", () => { key = null; check(); });
  onSubmit(form, async (fields) => {
    try {
      await send(fields);
    } finally {
      reload();
    }
  });
}

export function show(number) {
  to = number;
  key = null;
  $("#answer").reset();
  $("#answer [role=alert]").textContent = "";
  say("", "");
}

export const check = calmly(350, async () => {
  const fields = draft();
  if (!fields) return say("", "");
  const checked = await ask("POST", "/v1/messages:check", fields).catch((refusal) => refusal);
  if (JSON.stringify(draft()) !== JSON.stringify(fields)) return check();
  if (checked instanceof Error) return say("", checked.status === 0 ? "" : checked.message);
  refused = !checked.allowed && !checked.not_before;
  say(counted(checked), refused ? `⛔ ${sentenceOf(checked)}` : "", checked.not_before);
});

async function send({ text, class: kind }) {
  key = key || crypto.randomUUID();
  try {
    await ask("POST", "/v1/messages", { to, text, class: kind }, { "Idempotency-Key": key });
  } catch (refusal) {
    const settled = refusal.status >= 400 && refusal.status < 500 && refusal.status !== 409;
    if (settled) key = null; // it was answered: the next is another message
    throw refusal;
  }
  show(to);
}

function draft() {
  const { text, class: kind } = Object.fromEntries(new FormData($("#answer")));
  return to && text.trim() ? { to, text, class: kind } : null;
}

function counted({ parts, units, encoding, cost, currency }) {
  const price = cost ? fill(words.cost, { cost, currency: currency || "" }) : "";
  return [fill(words.size, { parts, units, encoding }), price].filter(Boolean).join(" · ");
}

function say(size, sentence, notBefore) {
  if (!size) refused = false;
  $("#size").textContent = size;
  $("#verdict").textContent = sentence;
  if (notBefore) $("#verdict").replaceChildren(`${words.later} `, when(notBefore));
  $("#answer button").disabled = refused;
}
