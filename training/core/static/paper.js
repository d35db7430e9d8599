// A paper that shows so many items at a time (data-per-page): all of it is here, so that turning a page needs no network.
// And in an exam session the server is told when the page is left and come back to (data-events).

const root = document.querySelector("form[data-answers]");
if (root) { turn(root); tell(root); }

function turn(root) {
  const size = Number(root.dataset.perPage);
  const bar = root.querySelector("[data-pages]");
  const items = [...root.querySelectorAll("[data-item]")];
  if (!size || !bar || items.length <= size) return;
  const last = Math.ceil(items.length / size);
  const pageOf = (item) => Math.ceil((items.indexOf(item) + 1) / size);
  let page = 1;

  function show(number) {
    page = Math.min(Math.max(number, 1), last);
    for (const item of items) item.hidden = pageOf(item) !== page;
    for (const head of root.querySelectorAll("[data-section]")) head.hidden = !items.some((item) => !item.hidden && item.dataset.of === head.dataset.section);
    bar.querySelector("[data-place]").textContent = bar.dataset.textPlace.replace("{page}", page).replace("{pages}", last);
    bar.querySelector("[data-back]").disabled = page === 1;
    bar.querySelector("[data-on]").disabled = page === last;
    try { sessionStorage.setItem(`page:${root.dataset.answers}`, page); } catch { /* the first page then */ }
  }
  function go(number) { show(number); items.find((item) => !item.hidden)?.scrollIntoView(); }

  function follow() {
    const item = items.find((one) => `#${one.id}` === location.hash);
    if (item) { show(pageOf(item)); item.scrollIntoView(); }
    return Boolean(item);
  }

  bar.hidden = false;
  bar.querySelector("[data-back]").addEventListener("click", () => go(page - 1));
  bar.querySelector("[data-on]").addEventListener("click", () => go(page + 1));
  window.addEventListener("hashchange", follow);
  let kept = 1;
  try { kept = Number(sessionStorage.getItem(`page:${root.dataset.answers}`)) || 1; } catch { /* the first page then */ }
  if (!follow()) show(kept);
}

function tell(root) {
  const url = root.dataset.events;
  if (!url) return;
  const body = (kind) => new URLSearchParams({ kind, csrf_token: root.elements.csrf_token?.value ?? "" });
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden) { navigator.sendBeacon(url, body("left")); return; }
    try {
      const answer = await fetch(url, { method: "POST", body: body("returned"), headers: { Accept: "application/json" } });
      if (answer.ok) document.dispatchEvent(new CustomEvent("time-told", { detail: await answer.json() }));
    } catch { /* no network: answers say so */ }
  });
}
