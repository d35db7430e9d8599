// Time left by the server's clock: minutes until five remain, then minutes and seconds. Read out at ten, five and one minute only.

const place = document.querySelector("[data-deadline]");
if (place) start(place);

function start(place) {
  const text = place.dataset;
  const clock = place.querySelector("[data-clock]");
  const announce = place.querySelector("[data-announce]");
  // data-now was true when the page's first byte left the server; the device's own clock may be wrong by hours.
  const age = performance.now() - (performance.getEntriesByType("navigation")[0]?.responseStart ?? 0);
  let offset = Number(text.now) - (Date.now() - age);
  let deadline = Number(text.deadline);
  let marks = [10, 5, 1, 0].filter((minutes) => deadline - Number(text.now) > minutes * 60000);

  function wordsFor(seconds) {
    if (seconds <= 0) return text.textOver;
    if (seconds > 300) return text.textMinutes.replace("{n}", Math.ceil(seconds / 60));
    return text.textClock.replace("{clock}", `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
  }

  function tick() {
    const seconds = Math.ceil((deadline - Date.now() - offset) / 1000);
    const words = wordsFor(seconds);
    if (clock.textContent !== words) clock.textContent = words;
    place.toggleAttribute("data-near", seconds <= 300);
    let due = false;
    for (; marks.length && seconds <= marks[0] * 60; marks.shift()) due = true;
    if (due) announce.textContent = seconds > 0 ? text.textMinutes.replace("{n}", Math.ceil(seconds / 60)) : text.textOver;
  }

  // Each reply of the server says until when time goes: an invigilator may have given more, or have stopped it.
  document.addEventListener("time-told", ({ detail }) => {
    if (detail.paused) { location.reload(); return; }
    if (detail.deadline > deadline) { marks = [10, 5, 1, 0].filter((minutes) => detail.deadline - detail.now > minutes * 60000); announce.textContent = text.textMinutes.replace("{n}", Math.ceil((detail.deadline - detail.now) / 60000)); }
    ({ deadline } = detail);
    offset = detail.now - Date.now();
    tick();
  });

  setInterval(tick, 1000);
  tick();
}
