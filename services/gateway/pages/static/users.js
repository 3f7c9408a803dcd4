// Who may sign in: roles, access, and invitations whose link is shown once.
import { onForm } from "./forms.js";
import { $, announce, ask, fill, when, words } from "./page.js";

export function start() {
  for (const row of document.querySelectorAll("[data-user]")) changing(row);
  if (!$("#invite")) return;
  onForm($("#invite"), async (fields, form) => {
    shown(await ask("POST", "/v1/users", fields));
    form.reset();
  });
  $("#copy").addEventListener("click", async () => {
    $("#link").select();
    await navigator.clipboard?.writeText($("#link").value).catch(() => null);
    announce(words.copied);
  });
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

function shown({ email, link, expires_at: until }) {
  $("#invited .told").textContent = fill(words.invited, { who: email });
  $("#link").value = link;
  $("#invited .until").replaceChildren(`${words.good_until} `, when(until));
  $("#invited").hidden = false;
  $("#invited").focus();
}
