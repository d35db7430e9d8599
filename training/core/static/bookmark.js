// Remembers which heading of the lesson was reached, and opens the lesson there the next time.

const lesson = document.querySelector("[data-bookmark-url]");
if (lesson) start(lesson);

function start(lesson) {
  const headings = [...lesson.querySelectorAll("h2[id], h3[id]")];
  let known = lesson.dataset.bookmark ?? "";
  let timer = 0;

  function current() { return headings.findLast((heading) => heading.getBoundingClientRect().top < innerHeight * 0.4)?.id ?? ""; }

  async function send() {
    clearTimeout(timer);
    timer = 0;
    const reached = current();
    if (!reached || reached === known) return;
    const body = new URLSearchParams({ heading: reached, csrf_token: document.querySelector("input[name=csrf_token]")?.value ?? "" });
    try {
      const answer = await fetch(lesson.dataset.bookmarkUrl, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin", keepalive: true });
      if (answer.ok) known = reached;
    } catch { /* the next heading tries again */ }
  }

  const arrival = performance.getEntriesByType("navigation")[0]?.type;
  if (known && !location.hash && arrival === "navigate") document.getElementById(known)?.scrollIntoView();
  addEventListener("scroll", () => { timer ||= setTimeout(send, 5000); }, { passive: true });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") send(); });
}
