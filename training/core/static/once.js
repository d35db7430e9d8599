// A form is sent once: its buttons rest after the first click. And what is wrong with a form is read out first.

function rest(form, resting) {
  form.toggleAttribute("data-sent", resting);
  for (const button of form.querySelectorAll("button")) {
    if (resting) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || "again" in form.dataset) return;
  if ("sent" in form.dataset) event.preventDefault();
  else if (!event.defaultPrevented) rest(form, true);
});

// Coming back by the browser's button shows the page as it was left.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => rest(form, false)));

document.querySelector(".error-summary")?.focus();
