// What every page does: the phone's menu, menus that close, focus on errors, "n seconds ago".
document.documentElement.classList.add("js");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-toggle]");
  if (button) {
    const target = document.getElementById(button.dataset.toggle);
    const open = target.classList.toggle("is-open");
    button.setAttribute("aria-expanded", String(open));
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.querySelector("[data-focus]")?.focus();

// A refresh changes what differs and leaves focus, scroll and opened <details> alone.
if (globalThis.Idiomorph) {
  globalThis.Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
    !(name === "open" && node.tagName === "DETAILS");
}

// <span data-fresh="2026-…Z" data-seconds="# detik lalu" data-minutes="# menit lalu">: counts on
// the server's clock, so that a wrong clock on the desk does not make figures look old.
let offset = 0;
const fresh = () => {
  for (const element of document.querySelectorAll("[data-fresh]")) {
    const age = Math.max(0, Math.round((Date.now() + offset - Date.parse(element.dataset.fresh)) / 1000));
    const text =
      age < 60
        ? element.dataset.seconds.replace("#", age)
        : element.dataset.minutes.replace("#", Math.floor(age / 60));
    if (element.textContent !== text) element.textContent = text;
  }
};
const synchronise = (root) => {
  const served = root.querySelector("[data-served]");
  if (served) offset = Date.parse(served.dataset.served) - Date.now();
  fresh();
};
synchronise(document);
setInterval(fresh, 1000);

// After a refresh, figures that changed are tinted once.
let before = new Map();
const figures = () => document.querySelectorAll("[data-figure]");
const remember = () => {
  before = new Map([...figures()].map((element) => [element.dataset.figure, element.textContent]));
};
document.addEventListener("htmx:beforeSwap", remember);
document.addEventListener("htmx:afterSettle", (event) => {
  synchronise(event.target);
  for (const element of figures()) {
    const old = before.get(element.dataset.figure);
    if (old !== undefined && old !== element.textContent) {
      element.classList.add("is-changed");
      element.addEventListener("animationend", () => element.classList.remove("is-changed"), { once: true });
    }
  }
});
