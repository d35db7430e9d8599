// Work that goes on: the part marked data-watch is fetched again every so many seconds, until it is marked no more.
// Without this the page's own link "Look again" does the same.

const place = () => document.querySelector("[data-watch]");
if (place()) wait();

function wait() {
  setTimeout(look, Number(place().dataset.watch) * 1000);
}

async function look() {
  const held = place();
  if (document.hidden || held.contains(document.activeElement)) return wait(); // nobody looks, or a button is in use
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(`#${held.id}`);
    if (fresh) held.replaceWith(document.adoptNode(fresh));
    else if (answer.ok) location.reload(); // the page has become another one: what was waited for is there
  } catch {
    // the network is away for a moment: the next look finds it again
  }
  if (place()) wait();
}
