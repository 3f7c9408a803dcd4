// What an agent says of a card: that it helped, or what is wrong with it. The last word counts.
import { $, ask, words } from "./page.js";

export function start(card) {
  for (const button of card.querySelectorAll(".judge button")) {
    button.addEventListener("click", () => judge(card, button));
  }
}

export function about(card, insight) {
  card.dataset.insight = insight;
  $(".judge", card).hidden = false;
}

// The button keeps the focus: it is not disabled meanwhile.
async function judge(card, button) {
  const told = $(".judge p", card), { insight: id } = card.dataset, { verdict } = button.dataset;
  told.textContent = "";
  try {
    await ask("PUT", `/v1/insights/${id}/feedback`, { verdict });
    for (const one of card.querySelectorAll(".judge button")) one.setAttribute("aria-pressed", one === button);
    told.textContent = words.judged;
  } catch (refusal) {
    told.textContent = refusal.message;
  }
}
