// When nobody has used this computer for a while, hides what the page shows, even without a click. The server has its own
// clock and locks by itself; this asks it first, because another window may have been used, and tells it of typing.

const root = document.documentElement;
const limit = Number(root.dataset.idle) * 1000;
let until = Date.now() + limit;
let used = false;
let told = Date.now();
let asking = false;

async function ask(active) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 5000);
  try {
    const answer = await fetch(root.dataset.idleUrl + (active ? "?active=1" : ""), { headers: { Accept: "application/json" }, signal: stop.signal });
    return (await answer.json()).left ?? 0;
  } catch { return null; } finally { clearTimeout(timer); } // no network: the clock of this page decides
}

function hide() {
  if ("locked" in root.dataset) return;
  root.dataset.locked = "";
  const cover = document.createElement("div");
  cover.className = "idle-cover";
  const words = document.createElement("p");
  const link = document.createElement("a");
  words.textContent = root.dataset.textIdle;
  link.className = "button primary";
  link.textContent = root.dataset.textIdleOn;
  link.href = `${root.dataset.lockedUrl}?next=${encodeURIComponent(location.pathname + location.search)}`;
  cover.append(words, link);
  for (const part of document.body.children) part.inert = true;
  document.body.append(cover);
  link.focus();
}

async function check() {
  if (asking || "locked" in root.dataset) return;
  asking = true;
  const near = Date.now() >= until;
  if (near || (used && Date.now() - told > Math.min(limit / 4, 240000))) {
    const active = used;
    used = false;
    told = Date.now();
    const left = await ask(active);
    if (left === 0 || (left === null && near && !active)) hide();
    else if (left === null) until = active ? Date.now() + limit : until;
    else until = Date.now() + left * 1000;
  }
  asking = false;
}

if (limit > 0) {
  for (const kind of ["pointerdown", "keydown", "input"]) document.addEventListener(kind, () => { used = true; }, { passive: true });
  setInterval(check, 5000);
  document.addEventListener("visibilitychange", check);
  window.addEventListener("pageshow", (event) => { if (event.persisted) { until = 0; check(); } });
}
