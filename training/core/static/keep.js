// Keeps what is typed in forms marked data-keep="key", in this tab, through reload, change of language and time-out.
// It is dropped when the form was sent and the server's next page does not show that form in error, nor refused without
// what was typed (data-refused). Pages marked data-hold (sign-in, errors) decide nothing: there the form counts as not sent.
// Neither does a page that somebody came to from outside, as from the browser's own page about a dead network.

const root = document.documentElement;
const prefix = `keep:${root.dataset.person}:`;
const entry = performance.getEntriesByType("navigation")[0]?.type ?? "navigate";
const answers = entry === "navigate" && document.referrer.startsWith(`${location.origin}/`); // this page may be the answer to a form
const forms = [...document.querySelectorAll("form[data-keep]")];

const storage = {
  read(name) { try { return JSON.parse(sessionStorage.getItem(name)); } catch { return null; } },
  write(name, value) { try { sessionStorage.setItem(name, JSON.stringify(value)); } catch { /* full or forbidden: the page works without */ } },
  drop(name) { try { sessionStorage.removeItem(name); } catch { /* nothing is kept there */ } },
  names(start) { try { return Object.keys(sessionStorage).filter((name) => name.startsWith(start)); } catch { return []; } },
};

const nameOf = (form) => prefix + form.dataset.keep;
const inError = (form) => "failed" in form.dataset || form.querySelector("[aria-invalid=true]") !== null;
const refused = (form) => "refused" in form.dataset;
const typed = (field) => field.name && field.name !== "csrf_token" && ("kept" in field.dataset || !["password", "file", "hidden", "submit", "button"].includes(field.type));
const isChoice = (field) => field.type === "radio" || field.type === "checkbox";

function valuesOf(form) {
  const values = {};
  for (const field of form.elements) {
    if (!typed(field)) continue;
    values[field.name] ??= [];
    if (field.type === "select-multiple") values[field.name].push(...[...field.selectedOptions].map((option) => option.value));
    else if (!isChoice(field) || field.checked) values[field.name].push(field.value);
  }
  return values;
}

function fill(form, values) {
  const left = structuredClone(values);
  for (const field of form.elements) {
    if (!typed(field) || !(field.name in left)) continue;
    if (isChoice(field)) field.checked = values[field.name].includes(field.value);
    else if (field.type === "select-multiple") for (const option of field.options) option.selected = values[field.name].includes(option.value);
    else if (left[field.name].length) field.value = left[field.name].shift();
  }
}

function tell(form, before) {
  const line = document.createElement("p");
  line.className = "kept";
  line.setAttribute("role", "status");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = root.dataset.textDrop;
  button.addEventListener("click", () => { fill(form, before); storage.drop(nameOf(form)); line.remove(); form.querySelector("input:not([type=hidden]), textarea, select")?.focus(); });
  line.append(root.dataset.textKept, " ", button);
  form.prepend(line);
}

// A draft that was sent: was it taken? A reload, a step back or an address typed anew prove nothing, so then it stays.
function settle() {
  if (!answers) { hold(); return; }
  for (const name of storage.names(prefix)) {
    const draft = storage.read(name);
    if (!draft?.sent) continue;
    const form = forms.find((one) => nameOf(one) === name);
    if (form && (inError(form) || refused(form))) storage.write(name, { ...draft, sent: false });
    else storage.drop(name);
  }
}

// A form whose lists had grown (data-rows) comes from the server with fewer rows: it is sent there once to grow them again.
function regrow(form, name, draft) {
  const copy = document.createElement("form");
  copy.method = "post";
  copy.action = form.action;
  copy.hidden = true;
  const add = (field, value) => copy.append(Object.assign(document.createElement("input"), { type: "hidden", name: field, value }));
  for (const field of form.elements) if (field.type === "hidden") add(field.name, field.value);
  for (const [field, values] of Object.entries(draft.values)) for (const value of values) add(field, value);
  add("do", "restore");
  storage.write(name, { ...draft, regrown: true });
  document.body.append(copy);
  copy.submit();
}

const lacks = (form, draft) => "rows" in form.dataset && !draft.regrown && Object.keys(draft.values).some((field) => !form.elements.namedItem(field));

function watch(form) {
  const name = nameOf(form);
  const draft = storage.read(name);
  const before = valuesOf(form);
  // A form in error comes back from the server with what was typed; there is nothing to put back.
  if (draft && !inError(form) && JSON.stringify(draft.values) !== JSON.stringify(before)) {
    if (lacks(form, draft)) { regrow(form, name, draft); return; }
    fill(form, draft.values); tell(form, before);
  }
  form.addEventListener("input", () => storage.write(name, { values: valuesOf(form), sent: false }));
  form.addEventListener("submit", (event) => { if (!event.defaultPrevented) storage.write(name, { values: valuesOf(form), sent: true }); });
}

// The sign-in page after a time-out names nobody: there every draft of this tab counts as not sent.
function hold() {
  for (const name of storage.names("keep:")) storage.write(name, { ...storage.read(name), sent: false });
}

if ("hold" in root.dataset) hold(); else settle();
forms.forEach(watch);
// A page that the browser kept whole and shows again was not answered.
addEventListener("pageshow", (event) => { if (event.persisted) hold(); });
// Whoever signs out leaves nothing for the next person at this computer.
document.querySelector("form[data-sign-out]")?.addEventListener("submit", () => storage.names("keep:").forEach(storage.drop));
