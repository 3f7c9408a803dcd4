// Who may sign in: roles, access, and links that are shown once.
import { onForm } from "./forms.js";
import { $, announce, ask, fill, when, words } from "./page.js";

export function start() {
  for (const row of document.querySelectorAll("[data-user]")) changing(row);
  if (!$("#invite")) return;
  onForm($("#invite"), async (fields, form) => {
    const { email, ...made } = await ask("POST", "/v1/users", fields);
    shown($("#invited"), fill(words.invited, { who: email }), made);
    form.reset();
  });
  $("#copy").addEventListener("click", copy);
}

export function resetting() {
  const form = $("#reset-link"), id = form.dataset.user;
  onForm(form, async () => {
    shown($("#reset-shown"), words.reset_shown, await ask("POST", `/v1/users/${id}:reset`));
  });
  $("#copy").addEventListener("click", copy);
}

function changing(row) {
  const form = $("form", row), id = row.dataset.user;
  if (!form) return;
  const change = async (body) => {
    await ask("PATCH", `/v1/users/${id}`, body);
    announce(words.saved);
    location.reload();
  };
  onForm(form, ({ role }) => change({ role }));
  const shut = $("[name=shut]", form);
  shut.addEventListener("click", () => {
    change({ disabled: shut.dataset.disabled === "true" }).catch((refusal) => {
      $(".problem", form).textContent = refusal.message;
    });
  });
}

function shown(box, sentence, { link, expires_at: until }) {
  $(".told", box).textContent = sentence;
  $("#link").value = link;
  $(".until", box).replaceChildren(`${words.good_until} `, when(until));
  box.hidden = false;
  box.focus();
}

async function copy() {
  $("#link").select();
  await navigator.clipboard?.writeText($("#link").value).catch(() => null);
  announce(words.copied);
}
