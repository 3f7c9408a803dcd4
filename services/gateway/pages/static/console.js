"use strict";
// One file for the three pages. Text from outside is only ever set as textContent.
const words = JSON.parse(document.body.dataset.words);
const $ = (selector, root = document) => root.querySelector(selector);

async function send(method, path, body) {
  const options = { method, headers: { "Content-Type": "application/json" } };
  if (body) options.body = JSON.stringify(body);
  const answer = await fetch(path, options);
  if (answer.ok) return;
  const problem = await answer.json().catch(() => ({}));
  throw new Error(words[problem.code] || problem.detail || words.error);
}

function onSubmit(form, act) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const alert = $("[role=alert]", form), button = $("button", form);
    alert.textContent = "";
    button.disabled = true;
    try {
      await act(Object.fromEntries(new FormData(form)));
    } catch (error) {
      alert.textContent = error instanceof TypeError ? words.error : error.message;
    } finally {
      button.disabled = false;
    }
  });
}

function signInPage(form) {
  onSubmit(form, async (fields) => {
    await send("POST", "/v1/session", fields);
    location.reload();
  });
}

function invitationPage(form) {
  const token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname); // the token is no reader's business
  if (!token) $("[role=alert]", form).textContent = words.no_token;
  onSubmit(form, async (fields) => {
    await send("POST", "/v1/invitations:accept", { token, ...fields });
    form.hidden = true;
    $("#joined").hidden = false;
  });
}

const MOST_CARDS = 20;
const STREAM = ["call.started", "call.answered", "call.ended", "call.matched", "insight.produced"];
const SIGNS = { low: "✓", caution: "⚠", high: "⛔", steady: "✓", watch: "◔", at_risk: "⚠", urgent: "⛔" };
const TONES = { good: "✓", warning: "⚠", info: "ℹ" };
const cards = new Map();
const outgoing = new Set();

// Each item is our own word or sign, then a sentence that may run the other way.
function listItems(list, items) {
  list.replaceChildren(...items.map(([ours, sentence]) => {
    const item = document.createElement("li"), told = document.createElement("bdi");
    told.textContent = sentence;
    item.append(ours, told);
    return item;
  }));
}

function cardOf(session) {
  if (cards.has(session)) return cards.get(session);
  const card = $("#card").content.firstElementChild.cloneNode(true);
  card.dataset.call = session;
  cards.set(session, card);
  $("#calls").prepend(card);
  $("#nothing").hidden = true;
  const oldest = [...cards.keys()].slice(0, -MOST_CARDS);
  for (const name of oldest) {
    cards.get(name).remove();
    cards.delete(name);
  }
  return card;
}

function started(card, call) {
  if (call.direction === "outgoing") {
    outgoing.add(call.session_id);
    cards.delete(call.session_id);
    card.remove();
    return;
  }
  $(".number", card).textContent = call.party || words.no_number;
  $(".line", card).textContent = call.line || "";
  $(".on", card).hidden = !call.line;
}

function matched(card, match) {
  const best = match.candidates[0];
  const several = words.possible.replace("{n}", match.candidates.length);
  const names = match.candidates.map((one) => one.name).filter(Boolean).join(" · ");
  const who = {
    matched: () => (best && best.name) || words.unknown,
    ambiguous: () => (names ? `${several}: ${names}` : several),
  }[match.outcome];
  $(".name", card).textContent = who ? who() : words[match.outcome] || words.unknown;
  listItems($(".reasons", card), best ? best.reasons.map((reason) => ["", reason.sentence]) : []);
  card.dataset.outcome = match.outcome;
  announce(card);
}

function insight(card, made) {
  if (Number(card.dataset.version || 0) >= made.version) return;
  card.dataset.version = made.version;
  $(".pending", card).hidden = true;
  for (const kind of ["risk", "retention"]) score($(`.${kind}`, card), words[kind], made[kind]);
  listItems($(".lines", card), made.lines.map((line) => [`${TONES[line.tone] || "ℹ"} `, line.sentence]));
}

function signed(points) {
  return `${points > 0 ? "+" : ""}${Math.round(points * 10) / 10} ${words.points}`;
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

function standing(card, state) {
  if (card.classList.contains("ended")) return;
  $(".state", card).textContent = words[state];
  card.classList.add(state);
}

function announce(card) {
  if (!card.classList.contains("ended")) {
    $("#heard").textContent = `${words.incoming}: ${$(".name", card).textContent}, ${$(".number", card).textContent}`;
  }
}

function show({ type, data }) {
  if (!STREAM.includes(type) || outgoing.has(data.session_id)) return;
  const card = cardOf(data.session_id);
  if (type === "call.started") started(card, data);
  if (type === "call.answered") standing(card, "answered");
  if (type === "call.ended") standing(card, "ended");
  if (type === "call.matched") matched(card, data);
  if (type === "insight.produced") insight(card, data);
}

function restore(events) {
  const open = new Set(events.map((event) => event.data.session_id));
  for (const [session, card] of cards) if (!open.has(session)) standing(card, "ended");
  events.forEach(show);
}

async function stillSignedIn() {
  const answer = await fetch("/v1/session").catch(() => null);
  if (answer && answer.status === 401) location.reload();
}

function listen() {
  const stream = new EventSource("/v1/live");
  const say = (state) => { $("#state").textContent = words[state]; };
  stream.addEventListener("open", () => say("connected"));
  stream.addEventListener("snapshot", (event) => restore(JSON.parse(event.data).events));
  for (const type of STREAM) stream.addEventListener(type, (event) => show(JSON.parse(event.data)));
  stream.addEventListener("error", () => {
    say("lost");
    if (stream.readyState !== EventSource.CLOSED) return; // the browser comes back by itself
    stillSignedIn();
    setTimeout(listen, 3000);
  });
}

function livePage() {
  $("#sign-out").addEventListener("click", async () => {
    await send("DELETE", "/v1/session").catch(() => null);
    location.reload();
  });
  listen();
}

if ($("#sign-in")) signInPage($("#sign-in"));
if ($("#join")) invitationPage($("#join"));
if ($("#calls")) livePage();
