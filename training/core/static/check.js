// Answers a check in the text in its place; without this the page comes back at the same place.

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-check]");
  if (!form) return;
  event.preventDefault();
  const id = form.dataset.check;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html" }, credentials: "same-origin" });
    const fresh = answer.ok && !answer.redirected && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
    if (!fresh) { form.submit(); return; }
    const section = document.adoptNode(fresh);
    document.getElementById(id).replaceWith(section);
    section.querySelector(".check-feedback")?.focus();
  } catch { form.submit(); }
});
