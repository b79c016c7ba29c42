// Terms in a lesson: a click shows the meaning on the spot. Without script, or offline, the link leads to the term's page.

const GAP = 8; // px between the term and its meaning

const meanings = new Map(); // address → [name, meaning]
let open; // the card that is shown, with the link it belongs to

async function meaningOf(link) {
  if (!meanings.has(link.href)) {
    const response = await fetch(link.href);
    if (!response.ok) throw new Error(`${response.status}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    meanings.set(link.href, [page.querySelector("h1").textContent, page.getElementById("meaning").textContent]);
  }
  return meanings.get(link.href);
}

function element(tag, words, attributes = {}) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.textContent = words;
  return made;
}

async function show(link) {
  const [name, meaning] = await meaningOf(link);
  const card = element("div", "", { className: "term-card", popover: "auto", tabIndex: -1 });
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", name);
  const close = element("button", "Close", { type: "button", className: "btn btn-q" });
  const actions = element("p", "", { className: "actions" });
  actions.append(element("a", "More about this term", { href: link.href }), close);
  card.append(element("p", name, { className: "term-name" }), element("p", meaning), actions);
  close.addEventListener("click", () => card.hidePopover());
  card.addEventListener("toggle", (event) => {
    if (event.newState === "open") return;
    if (card.contains(document.activeElement) || document.activeElement === document.body) link.focus();
    card.remove();
    open = undefined;
  });
  link.after(card); // next in the tab order
  card.showPopover();
  place(card, link);
  card.focus({ preventScroll: true });
  open = { card, link };
}

/** Put the card below its term, or above where there is no room; never outside the window. */
function place(card, link) {
  const term = link.getClientRects()[0];
  const { width, height } = card.getBoundingClientRect();
  const below = term.bottom + GAP;
  const above = term.top - GAP - height;
  const left = Math.min(term.left, document.documentElement.clientWidth - width - GAP);
  card.style.left = `${Math.max(GAP, left)}px`;
  card.style.top = `${below + height > innerHeight && above > 0 ? above : below}px`;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.term");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !("popover" in link)) return;
  event.preventDefault();
  if (open?.link === link) return;
  show(link).catch(() => location.assign(link.href));
});
// It would stay where it is while the text moves on.
addEventListener("scroll", () => open?.card.hidePopover(), { passive: true });
addEventListener("resize", () => open?.card.hidePopover());
