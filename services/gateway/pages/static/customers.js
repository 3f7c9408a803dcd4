// Looks customers up by what they say on the telephone; neither number nor id stands in a URL.
import { onForm } from "./forms.js";
import { $, announce, ask, made, words } from "./page.js";

export function start() {
  onForm($("#find"), async ({ by, sought }) => {
    const found = (await ask("POST", "/v1/customers:find", { [by]: sought })).data;
    $("#found ul").replaceChildren(...found.map(row));
    $("#found-title").textContent = found.length ? words.found : words.not_found;
    $("#found").hidden = false;
    $("#found-title").focus();
    announce($("#found-title").textContent);
  }, { number: "sought", external_id: "sought" });
}

function row(customer) {
  const link = made("a", "", made("bdi", "", customer.name || words.no_name));
  link.href = `/customers/${customer.id}`;
  const numbers = customer.numbers.map(({ e164 }) => {
    const number = made("bdi", "number", e164);
    number.dir = "ltr";
    return number;
  });
  return made("li", "", link, ...numbers.flatMap((number) => [" · ", number]));
}
