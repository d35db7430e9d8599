/* Ticked people: buttons say how many there are. Without script everything works, unsaid. */
for (const form of document.querySelectorAll("form[data-selection]")) {
  const boxes = [...document.querySelectorAll(`input[type=checkbox][form="${form.id}"]`)];
  const buttons = [...form.querySelectorAll("button[data-text]")];
  const plain = new Map(buttons.map((button) => [button, button.textContent]));
  const tell = () => {
    const count = boxes.filter((box) => box.checked).length;
    for (const button of buttons) {
      button.textContent = count ? button.dataset.text.replace("{n}", count) : plain.get(button);
    }
  };
  for (const box of boxes) box.addEventListener("change", tell);
  addEventListener("pageshow", tell);
  tell();
}
