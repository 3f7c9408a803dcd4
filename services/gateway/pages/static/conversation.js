// The panel of one person: what was written, what they allow, and the answer.
import * as answer from "./answer.js";
import * as consent from "./consent.js";
import { nameOf } from "./messages.js";
import { $, arrange, ask, calmly, made, problem, refocus, RETRY_MS, rowFor, sentenceOf, when, words } from "./page.js";

const PAGE = 50;
let shown = null; // { subject, number, name, customer }
let older = null; // the cursor of what came before
let deep = false; // whether something of that is shown
let opener = null;

export function start() {
  consent.start(reload);
  answer.start(reload);
  $("#close").addEventListener("click", close);
  $("#older").addEventListener("click", () => earlier().catch(() => null));
  $("#conversation").addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
}

export function open(person) {
  const another = shown?.subject !== person.subject;
  opener = document.activeElement;
  shown = { ...person };
  $("#conversation").hidden = false;
  if (another) {
    $("#thread").replaceChildren();
    $("#thread").tabIndex = -1;
    $("#older").hidden = true;
    deep = false;
    $("#no-thread").hidden = true;
    consent.clear();
    answer.show(person.number);
  }
  title();
  $("#with").focus();
  reload();
}

export function hear({ type, data }) {
  if (!shown) return;
  if (type === "customer.removed" && data.customer_id === shown.customer) {
    shown.name = shown.customer = null;
    return title();
  }
  if (type === "consent.changed" && data.restricted && data.subject === shown.subject) {
    shown.name = shown.customer = null;
    title();
  }
  if (data.subject === shown.subject && type !== "message.matched") reload();
}

export const reload = calmly(100, async () => {
  if (!shown) return;
  const asked = shown;
  try {
    await Promise.all([thread(asked), consent.load(asked.number)]);
    problem($("#conversation"), "");
  } catch (refusal) {
    problem($("#conversation"), refusal.message);
    setTimeout(reload, RETRY_MS);
  }
  if (shown === asked) answer.check();
});

function close() {
  shown = null;
  $("#conversation").hidden = true;
  opener?.isConnected ? opener.focus() : $("#messages-title").focus();
}

function title() {
  $("#with .name").textContent = shown.name || "";
  $("#with .number").textContent = shown.number || words.no_number;
}

// Somebody with whom nobody has written yet has no conversation: that is no failure.
async function thread(asked) {
  const found = await pageOf(asked).catch((refusal) => {
    if (refusal.status === 404) return { subject: asked.subject, messages: [] };
    throw refusal;
  });
  if (shown !== asked) return;
  shown.name = nameOf(found) || shown.name;
  shown.customer = found.customer?.id || shown.customer;
  shown.number = shown.number || found.number;
  title();
  if (!deep) more(found);
  $("#no-thread").hidden = found.messages.length > 0;
  const list = $("#thread"), last = list.lastElementChild, rows = rowsOf(found);
  const since = Date.parse(found.messages.at(-1)?.created_at);
  const before = deep ? [...list.children].filter((row) => Date.parse(row.dataset.at) < since) : [];
  arrange(list, [...before, ...rows]);
  list.tabIndex = list.children.length ? 0 : -1; // what is empty is no place to stop at
  if (list.lastElementChild !== last) list.scrollTop = list.scrollHeight;
}

function rowsOf(found) {
  return found.messages.map((message) => rowFor($("#thread"), message, item)).reverse();
}

function more(found) {
  older = found.next_cursor || null;
  $("#older").hidden = !older;
}

async function earlier() {
  const asked = shown, found = await pageOf(asked, older);
  if (shown !== asked) return;
  deep = true;
  more(found);
  $("#thread").prepend(...rowsOf(found));
  if (!older) $("#thread").focus(); // the button is gone
}

function pageOf({ subject }, cursor) {
  const query = new URLSearchParams({ limit: PAGE, ...(cursor ? { cursor } : {}) });
  return ask("GET", `/v1/conversations/${subject}?${query}`);
}

function item(message) {
  const text = made("p", "text", message.text ?? words.no_text);
  text.dir = "auto";
  const state = words[`state_${message.state}`] || message.state;
  const ours = message.direction === "out" ? [" · ", words[`class_${message.class}`] || message.class] : [];
  const told = made("p", "meta", when(message.created_at), " · ", state, ...ours);
  const row = made("li", message.direction, text, told);
  row.dataset.at = message.created_at;
  if (message.sentence) row.append(made("p", "sentence", "⚠ ", made("bdi", "", sentenceOf(message))));
  if (message.state === "queued") row.append(cancelling(message.id));
  return row;
}

function cancelling(id) {
  const button = made("button", "", words.cancel);
  button.type = "button";
  button.onclick = async () => {
    button.disabled = true;
    await ask("POST", `/v1/messages/${id}:cancel`).catch(() => null); // too late: the thread says so
    refocus($("#thread"));
    reload();
  };
  return button;
}
