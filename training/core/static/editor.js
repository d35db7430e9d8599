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

// Of a hot-spot: points pressed in the preview's picture go into the place field that was chosen last, in thousandths.
const WHOLE = { rect: 4, circle: 3 };

function withPoint(shape, before, x, y, scale) {
  const numbers = before.length >= (WHOLE[shape] ?? Infinity) ? [] : before;
  if (numbers.length !== 2 || !(shape in WHOLE)) return [...numbers, x, y];
  const [left, top] = numbers;
  if (shape === "circle") return [left, top, Math.round(Math.hypot(x - left, (y - top) * scale))];
  return [Math.min(left, x), Math.min(top, y), Math.max(left, x), Math.max(top, y)];
}

function takePoints(hint) {
  let field = null;
  hint.hidden = false;
  form.addEventListener("focusin", ({ target }) => { if (target.name?.endsWith("-at")) field = target; });
  place.addEventListener("click", (event) => {
    const drawing = event.target.closest(".hotspot svg");
    if (!drawing || !field?.isConnected) return;
    const box = drawing.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map((one) => Math.round(1000 * one));
    const before = field.value.split(/[,，、]/).filter((one) => one.trim()).map(Number);
    field.value = withPoint(form.elements[field.name.replace(/-at$/, "-shape")].value, before, x, y, box.height / box.width).join(", ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

if (form && place) {
  const hint = document.querySelector("[data-points]");
  if (hint) takePoints(hint);
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(draw, PAUSE); });
  form.addEventListener("click", async (event) => {
    if (!event.target.closest("button[name=do][value=preview]")) return;
    event.preventDefault();
    await draw();
    document.getElementById("preview").scrollIntoView();
  });
  draw();
}
