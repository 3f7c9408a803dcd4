// The list of conversations, the newest first: also with people who never call.
import { $, announce, arrange, ask, calmly, fill, made, problem, RETRY_MS, rowFor, when, words } from "./page.js";

const MOST = 30;
const names = new Map(); // whom a text was matched to, as id and name, until the list itself tells
let heads = [];
let open = () => null;

export function start(opener) {
  open = opener;
}

export const reload = calmly(200, async () => {
  try {
    heads = (await ask("GET", `/v1/conversations?limit=${MOST}`)).data;
    draw();
    problem($("#messages"), "");
  } catch (refusal) {
    problem($("#messages"), refusal.message);
    setTimeout(reload, RETRY_MS);
  }
});

export function hear({ type, data }) {
  if (type === "message.matched") {
    const best = data.candidates[0];
    if (data.outcome === "matched" && best && best.name) names.set(data.subject, [best.customer_id, best.name]);
    return draw();
  }
  if (type === "customer.removed") {
    for (const head of heads) if (head.customer?.id === data.customer_id) head.customer = null;
    for (const [subject, [id]] of names) if (id === data.customer_id) names.delete(subject);
    return draw(); // asked now, the list might still have the name
  }
  if (type === "consent.changed" && data.restricted) {
    for (const head of heads) if (head.subject === data.subject) head.customer = null;
    names.delete(data.subject);
    draw(); // who may see the name gets it with the list
  }
  if (type === "sms.received") received(data.subject);
  reload();
}

// Who wrote is known once the list has come again.
async function received(subject) {
  const head = await ask("GET", `/v1/conversations/${subject}?limit=1`).catch(() => null);
  if (head) announce(fill(words.message_from, { who: nameOf(head) || head.number || "" }));
}

export function nameOf(head) {
  return head.customer?.name || names.get(head.subject)?.[1] || "";
}

function draw() {
  $("#no-messages").hidden = heads.length > 0;
  const held = document.activeElement?.dataset.subject; // redrawn, the focus would be lost
  const list = $("#conversations");
  arrange(list, heads.map((head) => rowFor(list, { ...head, name: nameOf(head) }, row)));
  if (held) $(`#conversations [data-subject="${CSS.escape(held)}"]`)?.focus();
}

function row(head) {
  const { name } = head, number = made("bdi", "number", head.number || words.no_number);
  number.dir = "ltr";
  const button = made("button", "", made("strong", "", name ? made("bdi", "", name) : number));
  button.type = "button";
  button.dataset.subject = head.subject;
  if (name) button.append(" ", number);
  if (head.last_at) button.append(" ", when(head.last_at));
  if (head.unanswered) button.append(" ", made("span", "badge", fill(words.unanswered, { n: head.unanswered })));
  if (head.stopped) button.append(" ", made("span", "badge", `⛔ ${words.stopped}`));
  const customer = head.customer?.id || names.get(head.subject)?.[0];
  button.onclick = () => open({ subject: head.subject, number: head.number, name, customer });
  return made("li", "", button);
}
