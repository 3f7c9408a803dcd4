// What people ask of their data: a new request, and what is done about one.
import { onForm } from "./forms.js";
import { $, ask, fill, made, when, words } from "./page.js";

const LOOK_MS = 2000;
const SELDOM_MS = 60_000; // each look is on record
const RUNNING = ["in_progress"];

export function board() {
  onForm($("#request-new"), async ({ record: _, ...fields }) => {
    const customers = await whose(fields.number);
    if (customers && !customers.length) return none();
    const { id } = await ask("POST", "/v1/privacy/requests", { ...fields, customers });
    location.assign(`/requests/${id}`);
  });
}

// Where several have the number: the records that are ticked. Without them the others' would go, too.
async function whose(number) {
  const group = $("#whose"), boxes = $(".boxes", group);
  if (group.dataset.number !== number) {
    const found = (await ask("POST", "/v1/customers:find", { number })).data;
    group.dataset.number = number;
    group.hidden = found.length < 2;
    boxes.replaceChildren(...(group.hidden ? [] : found.map(choice)));
  }
  return group.hidden ? null : ticked();
}

function ticked() {
  return [...document.querySelectorAll("#whose :checked")].map(({ value }) => value);
}

function choice({ id, name, external_id: own }) {
  const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "record", value: id });
  const who = made("span", "", made("bdi", "", name || words.no_name), own ? " · " : "", made("bdi", "meta", own || ""));
  return made("label", "box", box, who);
}

function none() {
  $("#whose-error").textContent = words.whose_missing;
  $("#whose-error").hidden = false;
  $("#whose").focus();
}

export function one() {
  const { request: id, status, holders } = $("#standing").dataset;
  for (const form of document.querySelectorAll("[data-verb]")) {
    onForm(form, async (fields) => {
      const verb = form.dataset.verb, body = verb === "name" ? { customers: ticked() } : bodyOf(fields);
      if (body?.customers?.length === 0) return none();
      const said = await ask("POST", `/v1/privacy/requests/${id}:${verb}`, body);
      if (verb === "send-code") return sent(said);
      location.reload();
    });
  }
  // Where a name is wanted, nothing happens by itself.
  if (RUNNING.includes(status) && holders === "0") setTimeout(() => look(id, status, LOOK_MS), LOOK_MS);
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
  if (told && (told.status !== status || told.holders.length)) return location.reload();
  const wait = Math.min(waited * 1.5, SELDOM_MS);
  setTimeout(() => look(id, status, wait), wait);
}
