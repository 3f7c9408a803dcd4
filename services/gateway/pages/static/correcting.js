// What is wrong in a customer's record is put right, unless somebody else has written it meanwhile.
import { onForm } from "./forms.js";
import { $, ask } from "./page.js";

const FIELD_OF = {}; // which field each number of the body stands in; what is left empty is not sent

export function start() {
  const form = $("#correct"), { customer: id, version } = form.dataset;
  onForm(form, async (fields) => {
    $("#anew").hidden = true;
    try {
      await ask("PUT", `/v1/customers/${id}`, bodyOf(form, fields), { "If-Match": version });
    } catch (refusal) {
      $("#anew").hidden = refusal.status !== 412;
      throw refusal;
    }
    location.reload();
  }, FIELD_OF);
}

function bodyOf(form, fields) {
  const filled = [...form.querySelectorAll("[data-number]")].filter((field) => field.value.trim());
  const numbers = filled.map((field, place) => {
    FIELD_OF[`numbers/${place}/number`] = field.name;
    return { number: field.value, label: fields[field.name.replace("number-", "label-")] };
  });
  const texts = Object.entries(fields).filter(([name, value]) => !/-\d+$/.test(name) && value.trim());
  return { ...Object.fromEntries(texts), numbers };
}
