// A file of customers: which column is which, who answers for it, and how far it has come.
import { beginning } from "./csv.js";
import { onForm } from "./forms.js";
import { $, announce, ask, fill, Refusal, words } from "./page.js";

const LOOK_MS = 1000;

export function start() {
  $("#file").addEventListener("change", columns);
  onForm($("#upload"), async ({ file, ...attested }) => {
    $("#progress").textContent = words.reading;
    const watch = setInterval(() => progress(attested.source), LOOK_MS);
    try {
      const { id } = await send(file, attested);
      location.assign(`/imports/${id}`);
    } finally {
      clearInterval(watch);
      $("#progress").textContent = "";
    }
  });
}

async function columns() {
  const file = $("#file").files[0];
  const [header = [], ...rows] = file ? await beginning(file) : [];
  const made = header.map((name, place) => {
    const row = $("#column").content.firstElementChild.cloneNode(true);
    const select = $("select", row);
    $("bdi", row).textContent = name;
    row.lastElementChild.textContent = rows.map((cells) => cells[place]?.trim()).filter(Boolean).join(" · ");
    select.dataset.column = name;
    select.setAttribute("aria-label", `${words.holds}: ${name}`);
    return row;
  });
  $("#columns tbody").replaceChildren(...made);
  $("#columns").hidden = made.length === 0;
  if (made.length) announce(words.columns);
}

async function send(file, attested) {
  const query = new URLSearchParams(Object.entries(attested).filter(([, value]) => value));
  const chosen = [...document.querySelectorAll("#columns select")].filter((select) => select.value);
  if (chosen.length) {
    const mapping = Object.fromEntries(chosen.map((select) => [select.dataset.column, select.value]));
    query.set("mapping", JSON.stringify(mapping));
  }
  const options = { method: "POST", headers: { "Content-Type": "text/csv" }, body: file };
  const answer = await fetch(`/v1/imports?${query}`, options).catch(() => { throw new Refusal(0); });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(answer.status, said);
  return said;
}

// The import has its id once it is over; until then it is the latest one that runs.
async function progress(source) {
  const latest = (await ask("GET", "/v1/imports?limit=1").catch(() => ({ data: [] }))).data[0];
  if (latest?.state !== "running" || latest.source !== source) return;
  $("#progress").textContent = fill(words.progress, latest);
}
