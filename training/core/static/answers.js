// Sends each answer within a second and says "saved" only after the server has given a receipt. What could not be sent is kept
// on this device, newest per item, and sent again in order: with growing pauses, when the network is back, on the next visit.
// With each answer goes the receipt that this page showed at the item (after): whoever has seen less never overwrites more.

const root = document.querySelector("form[data-answers]");
if (root) start(root);

function start(root) {
  const text = root.dataset;
  const name = `answers:${document.documentElement.dataset.person}:${text.answers}:`;
  const items = new Map([...root.querySelectorAll("[data-item]")].map((one) => [one.dataset.item, one]));
  const live = new WeakSet(); // what was chosen on this very page a moment ago
  const typing = new Map();
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
    const place = items.get(item)?.querySelector("[data-status]");
    if (!place) return;
    place.dataset.state = state;
    place.textContent = words;
  }

  const isChoice = (field) => field.type === "radio" || field.type === "checkbox";
  const isFlag = (field) => field.name.endsWith("-flag");
  const fieldsOf = (item) => [...items.get(item).querySelectorAll("input, select, textarea")].filter((field) => field.name && !field.matches(":disabled"));
  const afterOf = (item) => items.get(item).querySelector("[data-after]");

  function chosen(item) {
    return fieldsOf(item).filter((field) => !("after" in field.dataset) && (!isChoice(field) || field.checked)).map((field) => [field.name, field.value]);
  }

  // `by` is the button that was pressed, where it says something itself: going on to the next question of a set.
  function keep(item, by = null) {
    clearTimeout(typing.get(item));
    const answered = fieldsOf(item).some((field) => isChoice(field) ? field.checked && !isFlag(field) : ["text", "textarea", "select-one"].includes(field.type) && field.value !== "");
    const entry = { fields: by?.name ? [...chosen(item), [by.name, by.value]] : chosen(item), after: afterOf(item).value, goes_on: Boolean(by?.name), answered, at: Date.now() };
    live.add(entry);
    queue.delete(item);
    queue.set(item, entry);
    store(item, entry);
    say(item, "saving", text.textSaving);
  }

  function put(item, entry) {
    if (!items.has(item)) return;
    for (const field of fieldsOf(item)) {
      if (isChoice(field)) field.checked = entry.fields.some(([key, value]) => key === field.name && value === field.value);
      else if (field.type !== "hidden") { const found = entry.fields.find(([key]) => key === field.name); if (found) field.value = found[1]; }
    }
    say(item, "waiting", text.textWaiting);
  }

  async function send(batch) {
    const body = new URLSearchParams([["csrf_token", root.elements.csrf_token?.value ?? ""]]);
    for (const [item, entry] of batch) {
      body.append(`${item}-after`, entry.after);
      for (const [key, value] of entry.fields) body.append(key, value);
    }
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), 15000);
    try {
      const answer = await fetch(root.action, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin", keepalive: String(body).length < 60000, signal: stop.signal });
      const told = await answer.json().catch(() => null);
      if (told?.answers) return { state: "told", told };
      // A page instead of an answer is the sign-in page: the session is over, the answer is not lost.
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
      const batch = [...queue].slice(0, 50);
      const result = await send(batch);
      if (result.state === "waiting") { wait(result.words); break; }
      pause = 1000;
      for (const [item, entry] of batch) settle(item, entry, result);
      if (result.told) document.dispatchEvent(new CustomEvent("time-told", { detail: result.told }));
    }
    sending = false;
    if (!queue.size && finishing) handIn();
  }

  function settle(item, entry, result) {
    const line = result.told?.answers[item];
    if (line && !line.refused) seen(item, line.receipt);
    if (queue.get(item) !== entry) { // changed meanwhile: the newer one is next, and has seen what this one brought
      const newer = queue.get(item);
      if (newer && line && !line.refused) { newer.after = String(line.receipt); store(item, newer); }
      return;
    }
    if (line?.refused && line.receipt !== undefined) {
      // Chosen here a moment ago, on a page that had not heard of another window's answer: this choice is the newer one.
      if (live.has(entry)) { live.delete(entry); entry.after = String(line.receipt); store(item, entry); return; }
      queue.delete(item);
      ask(item, entry, line);
      return;
    }
    queue.delete(item);
    // 400 is a page older than the session: what was chosen goes out once more after the reload, then never again.
    store(item, result.stale && !entry.again ? { ...entry, again: true } : null);
    if (line && !line.refused) saved(item, entry, line);
    else refused(item, line?.refused ?? result.words);
  }

  function seen(item, receipt) { if (items.has(item)) afterOf(item).value = receipt; }

  // Two answers, one given here and one elsewhere: the person decides, and until then both are kept.
  function ask(item, entry, line) {
    say(item, "refused", `${line.refused} ${text.textOther.replace("{time}", line.saved_at)} `);
    const place = items.get(item)?.querySelector("[data-status]");
    if (!place) return;
    const mine = Object.assign(document.createElement("button"), { type: "button", className: "button plain", textContent: text.textMine });
    const theirs = Object.assign(document.createElement("button"), { type: "button", className: "button plain", textContent: text.textTheirs });
    mine.addEventListener("click", () => { seen(item, line.receipt); keep(item); flush(); });
    theirs.addEventListener("click", () => { store(item, null); location.reload(); });
    place.append(mine, " ", theirs);
    stop();
  }

  function handIn() {
    const button = finishing;
    finishing = null;
    root.requestSubmit(button);
  }

  function wait(words) {
    for (const item of queue.keys()) say(item, "waiting", words);
    timer = setTimeout(flush, pause);
    pause = Math.min(pause * 2, 30000);
  }

  function saved(item, entry, line) {
    say(item, "saved", line.receipt ? text.textSaved.replace("{receipt}", line.receipt).replace("{time}", line.saved_at) : "");
    mark(item, entry.answered);
    if (entry.goes_on && !queue.size) location.reload(); // the server shows what is released now
  }

  // A refused answer stops the handing in, so that nobody hands in without having read why.
  function refused(item, words) { say(item, "refused", words); stop(); }

  function stop() { if (finishing) sayFinish(""); finishing = null; }

  function sayFinish(words) { root.querySelector("[data-finishing]").textContent = words; }

  function mark(item, answered) {
    const link = root.querySelector(`[data-map="${CSS.escape(item)}"]`);
    if (!link) return;
    const map = link.closest(".quiz-map");
    link.toggleAttribute("data-answered", answered);
    link.querySelector(".visually-hidden").textContent = answered ? map.dataset.textAnswered : map.dataset.textOpen;
    const open = map.querySelectorAll("[data-map]:not([data-answered])").length;
    for (const line of root.querySelectorAll("[data-unanswered]")) line.textContent = open ? line.dataset.textSome.replace("{n}", open) : line.dataset.textNone;
  }

  const itemOf = (field) => field.closest("[data-item]")?.dataset.item;

  root.addEventListener("change", (event) => {
    const item = itemOf(event.target);
    if (!item) return;
    if (isFlag(event.target)) root.querySelector(`[data-map="${CSS.escape(item)}"]`)?.toggleAttribute("data-flagged", event.target.checked);
    keep(item);
    flush();
  });
  root.addEventListener("input", (event) => {
    const item = itemOf(event.target);
    if (!item || isChoice(event.target) || event.target.type === "select-one") return;
    keep(item);
    typing.set(item, setTimeout(flush, 800));
  });
  root.addEventListener("submit", (event) => {
    const by = event.submitter;
    if (by && "finish" in by.dataset) {
      if (!queue.size) return;
      event.preventDefault();
      finishing = by;
      sayFinish(text.textFinish.replace("{n}", queue.size));
      pause = 1000;
    } else {
      event.preventDefault();
      const item = by && itemOf(by);
      if (item) keep(item, "next" in by.dataset ? by : null);
    }
    flush();
  });
  window.addEventListener("online", () => { pause = 1000; flush(); });
  root.dataset.live = ""; // the save buttons are for pages without script
  queue.forEach((entry, item) => put(item, entry));
  flush();
}
