// Remembers where a recording was stopped: at most every 15 seconds, at a pause and when the page is left.

const article = document.querySelector("[data-bookmark-url]");
const positions = JSON.parse(article?.dataset.positions ?? "{}");
for (const player of article?.querySelectorAll("[data-place-url]") ?? []) watch(player);

function watch(player) {
  const start = positions[player.dataset.media] ?? 0;
  let sent = Date.now();
  let known = start;

  async function send(seconds = Math.floor(player.currentTime)) {
    if (seconds === known) return;
    sent = Date.now();
    const body = new URLSearchParams({ seconds, csrf_token: document.querySelector("input[name=csrf_token]")?.value ?? "" });
    try {
      const answer = await fetch(player.dataset.placeUrl, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin", keepalive: true });
      if (answer.ok) known = seconds;
    } catch { /* the next seconds try again */ }
  }

  function resume() { if (start > 0 && start < player.duration - 5 && player.currentTime < 1) player.currentTime = start; }
  if (player.readyState >= 1) resume(); else player.addEventListener("loadedmetadata", resume, { once: true });
  player.addEventListener("timeupdate", () => { if (!player.paused && Date.now() - sent >= 15000) send(); });
  player.addEventListener("pause", () => { if (!player.ended) send(); });
  player.addEventListener("ended", () => send(0));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && !player.paused) send(); });
}
