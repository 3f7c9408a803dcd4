// The cards of the calls that ring, run, or have just ended.
import * as judging from "./judging.js";
import { $, announce, fill, made, words } from "./page.js";

export const TYPES = ["call.started", "call.answered", "call.ended", "call.matched", "insight.produced"];

const MOST_CARDS = 20;
const MOST_EARLY = 200;
const LAST_AT_CALL = 2; // a card of a later version is drawn anew, often long after the call
const SIGNS = { low: "✓", caution: "⚠", high: "⛔", steady: "✓", watch: "◔", at_risk: "⚠", urgent: "⛔" };
const TONES = { good: "✓", warning: "⚠", info: "ℹ" };
const cards = new Map();
const early = new Map(); // not on the page: their calls have not begun, or ended before it was opened
const outgoing = new Set();
let write = () => null;
let quiet = false; // while what was is told again

export function start(open) {
  write = open;
}

export function show({ type, data }) {
  if (outgoing.has(data.session_id)) return;
  if (data.version > LAST_AT_CALL && !known(data.session_id)) return;
  const card = cardOf(data.session_id);
  if (data.subject) card.dataset.subject = data.subject;
  if (type === "call.started") started(card, data);
  if (type === "call.answered") standing(card, "answered");
  if (type === "call.ended") standing(card, "ended");
  if (type === "call.matched") matched(card, data);
  if (type === "insight.produced") insight(card, data);
}

// Whose record was removed: the name goes at once, the card comes again without it.
export function forget(customer) {
  for (const card of all()) {
    if ((card.dataset.customers || "").split(" ").includes(customer)) unnamed(card);
  }
}

// Whose data is restricted: who they may be goes at once, and the card; neither comes again.
export function withdraw(subject) {
  for (const card of all()) if (card.dataset.subject === subject) blank(card);
}

function all() {
  return [...cards.values(), ...early.values()];
}

function known(session) {
  return cards.get(session) || early.get(session);
}

function unnamed(card) {
  $(".name", card).textContent = words.unknown;
  listItems($(".reasons", card), []);
  delete card.dataset.name;
  delete card.dataset.customer;
  delete card.dataset.customers;
}

function blank(card) {
  unnamed(card);
  delete card.dataset.version;
  $(".pending", card).hidden = true;
  for (const list of card.querySelectorAll(".because, .parts, .lines")) listItems(list, []);
  for (const badge of card.querySelectorAll(".badge")) badge.textContent = "";
  for (const kind of ["risk", "retention", "judge"]) $(`.${kind}`, card).hidden = true;
}

export function restore(events) {
  const open = new Set(events.map((event) => event.data.session_id));
  for (const [session, card] of cards) {
    if (open.has(session)) blank(card); // what is not told again was withdrawn
    else standing(card, "ended");
  }
  early.clear(); // of calls that are open all is told again
  quiet = true;
  events.forEach(show);
  quiet = false;
  for (const card of cards.values()) rings(card);
}

function cardOf(session) {
  return known(session) || drawn(session);
}

function drawn(session) {
  const card = $("#card").content.firstElementChild.cloneNode(true);
  card.dataset.call = session;
  judging.start(card);
  early.set(session, card);
  keep(early, MOST_EARLY);
  return card;
}

function place(session, card) {
  early.delete(session);
  cards.set(session, card);
  $("#calls").prepend(card);
  $("#nothing").hidden = true;
  keep(cards, MOST_CARDS);
}

function keep(some, most) {
  for (const [session, card] of [...some].slice(0, -most)) {
    card.remove();
    some.delete(session);
  }
}

function started(card, call) {
  if (call.direction === "outgoing") {
    outgoing.add(call.session_id);
    early.delete(call.session_id);
    return;
  }
  if (!cards.has(call.session_id)) place(call.session_id, card);
  $(".number", card).textContent = call.party || words.no_number;
  $(".line", card).textContent = call.line || "";
  $(".on", card).hidden = !call.line;
  const button = $(".write", card);
  button.hidden = !call.subject;
  button.onclick = () => {
    const { name, customer } = card.dataset;
    write({ subject: call.subject, number: call.party, name, customer });
  };
  card.dataset.begun = "yes";
  if (!quiet) rings(card);
  told(card);
}

// Said at once, shortly, and once a call; the focus stays where it is. Who it is follows politely.
function rings(card) {
  if (!card.dataset.begun || card.dataset.rung || card.matches(".answered, .ended")) return;
  card.dataset.rung = "yes";
  $("#rung").textContent = `${words.incoming}: ${$(".number", card).textContent}`;
}

function matched(card, match) {
  const best = match.candidates[0];
  const several = fill(words.possible, { n: match.candidates.length });
  const names = match.candidates.map((one) => one.name).filter(Boolean).join(" · ");
  const who = {
    matched: () => (best && best.name) || words.unknown,
    ambiguous: () => (names ? `${several}: ${names}` : several),
  }[match.outcome];
  $(".name", card).textContent = who ? who() : words[match.outcome] || words.unknown;
  listItems($(".reasons", card), best ? best.reasons.map((reason) => ["", words[`known_by_${reason.code}`] || reason.sentence]) : []);
  card.dataset.outcome = match.outcome;
  card.dataset.customers = match.candidates.map((one) => one.customer_id).join(" ");
  if (match.outcome === "matched" && best && best.name) {
    card.dataset.name = best.name;
    card.dataset.customer = best.customer_id;
  }
  told(card);
}

function insight(card, produced) {
  if (Number(card.dataset.version || 0) >= produced.version) return;
  card.dataset.version = produced.version;
  $(".pending", card).hidden = true;
  judging.about(card, produced.insight_id);
  for (const kind of ["risk", "retention"]) score($(`.${kind}`, card), words[kind], produced[kind]);
  listItems($(".lines", card), produced.lines.map((line) => [`${TONES[line.tone] || "ℹ"} `, line.sentence]));
}

function score(section, label, value) {
  const band = words[`band_${value.band}`] || value.band;
  section.hidden = false;
  $(".badge", section).textContent = `${SIGNS[value.band] || "•"} ${label}: ${band} (${Math.round(value.points)})`;
  const raising = value.contributions.filter((part) => part.contribution > 0);
  const strongest = raising.sort((a, b) => b.contribution - a.contribution).slice(0, 3);
  listItems($(".because", section), strongest.map((part) => ["", part.sentence]));
  listItems($(".parts", section), value.contributions.map((part) => [`${signed(part.contribution)}: `, part.sentence]));
}

function signed(points) {
  return `${points > 0 ? "+" : ""}${Math.round(points * 10) / 10} ${words.points}`;
}

// Each item is our own word or sign, then a sentence that may run the other way.
function listItems(list, items) {
  list.replaceChildren(...items.map(([ours, sentence]) => made("li", "", ours, made("bdi", "", sentence))));
}

function standing(card, state) {
  if (card.classList.contains("ended")) return;
  $(".state", card).textContent = words[state];
  card.classList.add(state);
}

// A match may come before its call: who it is waits for the number.
function told(card) {
  const { begun, outcome } = card.dataset;
  if (!begun || !outcome || card.classList.contains("ended")) return;
  announce(`${words.incoming}: ${$(".name", card).textContent}, ${$(".number", card).textContent}`);
}
