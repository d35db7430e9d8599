// The preview beside a form that is being written: typing sends the form to where it is drawn, and what comes back is put
// in place. Without this module the form's own button does the same by a page.

const form = document.querySelector("form[data-preview]");
const place = document.querySelector("[data-preview-place]");
const PAUSE = 600;
let timer = 0;
let running = null;

async function draw() {
  clearTimeout(timer);
  running?.abort();
  running = new AbortController();
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(textsOf(form)), signal: running.signal });
    if (answer.ok) show((await answer.json()).html);
  } catch { /* no network, or typed on: the next pause draws it */ }
}

const textsOf = (form) => [...new FormData(form)].filter(([, value]) => typeof value === "string");

// What was unfolded stays so.
function show(html) {
  const open = [...place.querySelectorAll("details")].map((one) => one.open);
  place.innerHTML = html;
  [...place.querySelectorAll("details")].forEach((one, number) => { one.open = open[number] ?? false; });
}

if (form && place) {
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(draw, PAUSE); });
  form.addEventListener("click", async (event) => {
    if (!event.target.closest("button[name=do][value=preview]")) return;
    event.preventDefault();
    await draw();
    document.getElementById("preview").scrollIntoView();
  });
  draw();
}
