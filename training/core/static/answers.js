// Sends each answer at once and says "saved" only after the server has given a receipt. What could not be sent is kept on
// this device, newest per item, and sent again in order: with growing pauses, when the network is back, on the next visit.

const root = document.querySelector("[data-answers]");
if (root) start(root);

function start(root) {
  const text = root.dataset;
  const name = `answers:${document.documentElement.dataset.person}:${text.answers}:`;
  const forms = new Map([...root.querySelectorAll("form[data-answer]")].map((form) => [form.dataset.item, form]));
  const finish = root.querySelector("form[data-finish]");
  const queue = load();
  let sending = false;
  let pause = 1000;
  let timer = 0;
  let finishing = null;

  // One entry an item, so that two windows of one attempt do not wipe out each other's.
  function load() {
    try {
      const kept = Object.keys(localStorage).filter((key) => key.startsWith(name)).map((key) => [key.slice(name.length), JSON.parse(localStorage.getItem(key))]);
      return new Map(kept.sort(([, one], [, other]) => one.at - other.at));
    } catch { return new Map(); }
  }
  function store(item, entry) {
    try { if (entry) localStorage.setItem(name + item, JSON.stringify(entry)); else localStorage.removeItem(name + item); } catch { /* kept in memory then */ }
  }

  function say(item, state, words) {
    const place = forms.get(item)?.querySelector("[data-status]");
    if (!place) return;
    place.dataset.state = state;
    place.textContent = words;
  }

  const isChoice = (field) => field.type === "radio" || field.type === "checkbox";

  // The choice without the token: the token of the page that sends it is added when it is sent.
  function choiceOf(form) { return [...new FormData(form)].filter(([field, value]) => field !== "csrf_token" && typeof value === "string"); }

  // `by` is the button that was pressed, where it says something itself: going on to the next question of a set.
  function keep(form, by = null) {
    const item = form.dataset.item;
    const answered = [...form.elements].some((field) => isChoice(field) ? field.checked : ["text", "textarea", "select-one"].includes(field.type) && field.value !== "");
    const entry = { url: form.action, fields: by?.name ? [...choiceOf(form), [by.name, by.value]] : choiceOf(form), goes_on: Boolean(by?.name), answered, at: Date.now() };
    queue.delete(item);
    queue.set(item, entry);
    store(item, entry);
    say(item, "saving", text.textSaving);
    flush();
  }

  function put(item, entry) {
    for (const field of forms.get(item)?.elements ?? []) {
      if (isChoice(field)) field.checked = entry.fields.some(([key, value]) => key === field.name && value === field.value);
      else if (field.type !== "hidden" && field.type !== "submit" && "value" in field) { const found = entry.fields.find(([key]) => key === field.name); if (found) field.value = found[1]; }
    }
    say(item, "waiting", text.textWaiting);
  }

  async function send(entry) {
    const body = new URLSearchParams(entry.fields);
    body.set("csrf_token", document.querySelector("input[name=csrf_token]")?.value ?? "");
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), 15000);
    try {
      const answer = await fetch(entry.url, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin", keepalive: true, signal: stop.signal });
      const told = await answer.json().catch(() => null);
      if (answer.ok && told?.receipt !== undefined) return { state: "saved", told };
      // A page instead of a receipt is the sign-in page: the session is over, the answer is not lost.
      if (answer.status === 401 || (answer.ok && answer.redirected)) return { state: "waiting", words: told?.error ?? text.textSignedOut };
      if (answer.status >= 400 && answer.status < 500 && ![408, 429].includes(answer.status)) return { state: "refused", words: told?.error ?? text.textRefused, stale: answer.status === 400 };
      return { state: "waiting", words: text.textWaiting };
    } catch {
      return { state: "waiting", words: text.textWaiting };
    } finally {
      clearTimeout(limit);
    }
  }

  async function flush() {
    clearTimeout(timer);
    if (sending) return;
    sending = true;
    while (queue.size) {
      const [item, entry] = queue.entries().next().value;
      const result = await send(entry);
      if (result.state === "waiting") { wait(result.words); break; }
      pause = 1000;
      if (queue.get(item) !== entry) continue; // changed meanwhile: the newer one is next
      queue.delete(item);
      // 400 is a page older than the session: what was chosen goes out once more after the reload, then never again.
      store(item, result.stale && !entry.again ? { ...entry, again: true } : null);
      if (result.state === "saved") saved(item, entry, result.told);
      else refused(item, result.words);
    }
    sending = false;
    if (!queue.size && finishing) handIn();
  }

  function handIn() {
    const { button } = finishing;
    finishing = null;
    finish.requestSubmit(button);
  }

  function wait(words) {
    for (const item of queue.keys()) say(item, "waiting", words);
    timer = setTimeout(flush, pause);
    pause = Math.min(pause * 2, 30000);
  }

  function saved(item, entry, told) {
    say(item, "saved", text.textSaved.replace("{receipt}", told.receipt).replace("{time}", told.saved_at));
    mark(item, entry.answered);
    if (entry.goes_on && !queue.size) location.reload(); // the server shows what is released now
  }

  // A refused answer stops the handing in, so that nobody hands in without having read why.
  function refused(item, words) {
    say(item, "refused", words);
    if (finishing) sayFinish("");
    finishing = null;
  }

  function sayFinish(words) {
    const place = finish.querySelector("[data-status]");
    if (place) place.textContent = words;
  }

  function mark(item, answered) {
    const link = [...root.querySelectorAll("[data-map]")].find((one) => one.dataset.map === item);
    if (!link) return;
    const map = link.closest(".quiz-map");
    link.toggleAttribute("data-answered", answered);
    link.querySelector(".visually-hidden").textContent = answered ? map.dataset.textAnswered : map.dataset.textOpen;
    const open = map.querySelectorAll("[data-map]:not([data-answered])").length;
    for (const line of root.querySelectorAll("[data-unanswered]")) line.textContent = open ? line.dataset.textSome.replace("{n}", open) : line.dataset.textNone;
  }

  for (const form of forms.values()) {
    form.addEventListener("change", () => keep(form));
    form.addEventListener("submit", (event) => { event.preventDefault(); keep(form, event.submitter); });
  }
  finish?.addEventListener("submit", (event) => {
    if (!queue.size) return;
    event.preventDefault();
    finishing = { button: event.submitter };
    sayFinish(text.textFinish.replace("{n}", queue.size));
    pause = 1000;
    flush();
  });
  window.addEventListener("online", () => { pause = 1000; flush(); });
  root.dataset.live = ""; // the save buttons are for pages without script
  queue.forEach((entry, item) => put(item, entry));
  flush();
}
