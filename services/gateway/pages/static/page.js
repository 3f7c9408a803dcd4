// What every page needs. Text from outside is only ever set as textContent.
export const words = JSON.parse(document.body.dataset.words);
export const $ = (selector, root = document) => root.querySelector(selector);

// Why a text may not go, or did not: in the page's language, or as the service says it where the
// page does not know the code.
export function sentenceOf({ code, sentence }) {
  return words[`why_${code}`] || sentence;
}

// A service said no, or nothing at all (status 0). The message is for people.
export class Refusal extends Error {
  constructor(status, problem = {}) {
    const said = sentenceOf({ code: problem.code, sentence: problem.detail });
    super(words[`error_${problem.code}`] || said || words.error);
    this.status = status;
    this.code = problem.code;
    this.errors = problem.errors;
  }
}

export async function ask(method, path, body, headers = {}) {
  const options = { method, headers: { "Content-Type": "application/json", ...headers } };
  if (body) options.body = JSON.stringify(body);
  const answer = await fetch(path, options).catch(() => { throw new Refusal(0); });
  const said = await answer.json().catch(() => ({}));
  if (said.code === "unauthenticated") location.reload(); // the session is over: sign in again
  if (!answer.ok) throw new Refusal(answer.status, said);
  return said;
}

// A button that is disabled while it has the focus loses it: who uses keys would begin at the top again.
export function refocus(...wanted) {
  if (document.activeElement && document.activeElement !== document.body) return;
  wanted.find((one) => one && !one.disabled && one.checkVisibility())?.focus();
}

export function onSubmit(form, act) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const alert = $("[role=alert]", form), button = $("button", form);
    alert.textContent = "";
    button.disabled = true;
    try {
      await act(Object.fromEntries(new FormData(form)));
    } catch (error) {
      alert.textContent = error.message;
    } finally {
      button.disabled = false;
      refocus(button, ...form.elements);
    }
  });
}

// A new element with text, or with children.
export function made(tag, className, ...content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...content);
  return element;
}

// Told once to those who do not look; `text` may run either way.
export function announce(text) {
  $("#heard").textContent = text;
}

// What keeps a part of the page from being up to date; "" when nothing does.
export const RETRY_MS = 5000;
export function problem(part, text) {
  const alert = $(".problem", part);
  if (alert.textContent !== text) alert.textContent = text;
}

// Makes the list hold these rows; what stays is not touched, so it is not read out again.
export function arrange(list, rows) {
  for (const row of [...list.children]) if (!rows.includes(row)) row.remove();
  rows.forEach((row, place) => {
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] || null);
  });
}

// The row that shows this already, or a new one.
const shows = new WeakMap();
export function rowFor(list, value, draw) {
  const wanted = JSON.stringify(value);
  const row = [...list.children].find((one) => shows.get(one) === wanted) || draw(value);
  shows.set(row, wanted);
  return row;
}

export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// By the agency's clock, as the server writes times; a stranger has their own.
const { lang, dataset: { timezone: timeZone } } = document.documentElement;
const FORMAT = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short", timeZone });

export function when(time) {
  const element = made("time", "", FORMAT.format(new Date(time)));
  element.dateTime = time;
  return element;
}

// Runs once for many requests: at the earliest `ms` after the last, and never twice at a time.
export function calmly(ms, act) {
  let timer = 0, busy = false, again = false;
  async function run() {
    if (busy) return void (again = true);
    busy = true;
    await act().catch(() => null); // the next event asks again
    busy = false;
    if (again) { again = false; run(); }
  }
  return () => { clearTimeout(timer); timer = setTimeout(run, ms); };
}
