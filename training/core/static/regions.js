// Pressing a region of a picture chooses it, as the radio button of its number does; what is chosen is marked in the picture.

const inputs = (field) => [...field.querySelectorAll("input[type=radio]")];

function mark(field) {
  const chosen = inputs(field).find((one) => one.checked)?.value;
  for (const region of field.querySelectorAll("[data-region]")) region.classList.toggle("chosen", region.dataset.region === chosen);
}

const fields = [...document.querySelectorAll(".hotspot")].map((one) => one.closest("fieldset:not(:disabled)")).filter(Boolean);
for (const field of fields) {
  field.addEventListener("click", (event) => {
    const region = event.target.closest("[data-region]");
    if (region) inputs(field).find((one) => one.value === region.dataset.region)?.click();
  });
  field.addEventListener("change", () => mark(field));
  mark(field); // answers that wait on this device were put in before
}
