const rows = [...document.querySelectorAll(".requirement")];
const buttons = [...document.querySelectorAll(".filters button")];
const search = document.querySelector(".filters input");
let shown = "tested";
function show() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of rows) {
    const is = row.dataset.is.split(" ");
    const text = (row.id + " " + row.querySelector("summary").textContent).toLowerCase();
    row.hidden = !((shown === "all" || is.includes(shown)) && words.every(word => text.includes(word)));
  }
  for (const chapter of document.querySelectorAll(".chapter")) {
    chapter.hidden = !chapter.querySelector(".requirement:not([hidden])");
  }
  for (const button of buttons) {
    button.setAttribute("aria-pressed", button.dataset.show === shown);
  }
}
for (const button of buttons) {
  button.addEventListener("click", () => { shown = button.dataset.show; show(); });
}
search.addEventListener("input", show);
function go() {
  const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (row && row.classList.contains("requirement")) {
    shown = "all";
    show();
    row.open = true;
    row.scrollIntoView();
  }
}
addEventListener("hashchange", go);
show();
go();
