// The live page: one stream of events, and the parts of the page that they concern.
import * as calls from "./calls.js";
import * as conversation from "./conversation.js";
import * as messages from "./messages.js";
import { $, ask, words } from "./page.js";

const ABOUT_MESSAGES = ["sms.received", "sms.requested", "sms.blocked", "sms.sent", "sms.delivered",
  "sms.failed", "sms.unconfirmed", "message.matched", "consent.changed", "customer.removed"];

function hear(event) {
  if (calls.TYPES.includes(event.type)) return calls.show(event);
  if (event.type === "customer.removed") calls.forget(event.data.customer_id);
  if (event.type === "consent.changed" && event.data.restricted) calls.withdraw(event.data.subject);
  messages.hear(event);
  conversation.hear(event);
}

// After an interruption whatever is shown may be old.
function restore(events) {
  calls.restore(events);
  messages.reload();
  conversation.reload();
}

async function stillSignedIn() {
  await ask("GET", "/v1/session").catch(() => null);
}

function listen() {
  const stream = new EventSource("/v1/live");
  const say = (state) => { $("#state").textContent = words[state]; };
  stream.addEventListener("open", () => say("connected"));
  stream.addEventListener("snapshot", (event) => restore(JSON.parse(event.data).events));
  for (const type of [...calls.TYPES, ...ABOUT_MESSAGES]) {
    stream.addEventListener(type, (event) => hear(JSON.parse(event.data)));
  }
  stream.addEventListener("error", () => {
    say("lost");
    if (stream.readyState !== EventSource.CLOSED) return; // the browser comes back by itself
    stillSignedIn();
    setTimeout(listen, 3000);
  });
}

export function livePage() {
  calls.start(conversation.open);
  messages.start(conversation.open);
  conversation.start();
  listen();
}
