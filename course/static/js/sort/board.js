// What lies where: the cards as the form has them, the board and the deck as they are seen.

const NARROW = matchMedia("(max-width: 59.99rem)");

/** Whether the phone's layout is shown: stages below each other, one card at a time. */
export const isNarrow = () => NARROW.matches;

export const onWidthChange = (draw) => NARROW.addEventListener("change", draw);

// ---- the model: the form's own fields hold the places; nothing is kept twice ----

/** One row of the list. */
class Card {
  constructor(row) {
    this.row = row;
    this.letter = row.dataset.letter;
    this.short = row.dataset.short;
    this.mark = row.dataset.mark ?? ""; // what the server thought of it, once checked
    this.locked = "locked" in row.dataset;
    this.field = row.querySelector("select, input[type=hidden]"); // none when it can no longer change
  }

  /** The place's value; empty with the cards to place. */
  get place() {
    return this.field ? this.field.value : this.row.dataset.place;
  }
}

const byLetter = (a, b) => a.letter.length - b.letter.length || (a.letter < b.letter ? -1 : 1);

export class Sorting {
  #history = [];
  #seen = new Map(); // card → place, to know where a card was before its menu was changed by hand

  constructor(list) {
    // The list may show missed cards first; the board keeps the order of the letters.
    this.cards = [...list.querySelectorAll("[data-card]")].map((row) => new Card(row)).sort(byLetter);
    this.look();
  }

  /** Take the fields as they are; browsers restore them when one comes back to a page. */
  look() {
    for (const card of this.cards) this.#seen.set(card, card.place);
  }

  get unplaced() {
    return this.cards.filter((card) => !card.place);
  }

  get count() {
    return { unplaced: this.unplaced.length, total: this.cards.length };
  }

  get canUndo() {
    return this.#history.length > 0;
  }

  cardOf(field) {
    return this.cards.find((card) => card.field === field);
  }

  put(card, place) {
    card.field.value = place;
    this.noticed(card);
  }

  /** Remember a change that is in the field already. */
  noticed(card) {
    this.#history.push({ card, place: this.#seen.get(card) });
    this.#seen.set(card, card.place);
  }

  /** Take back the last change; return its card. */
  undo() {
    const { card, place } = this.#history.pop();
    card.field.value = place;
    this.#seen.set(card, place);
    return card;
  }
}

// ---- the board: built from the page's <template> and drawn from the model ----

export class Board {
  /** @param {HTMLElement} root the element that holds list and template */
  constructor(root, sorting) {
    const parts = root.querySelector("template[data-parts]").content.cloneNode(true);
    this.sorting = sorting;
    this.list = root.querySelector("[data-list]");
    this.switch = parts.querySelector("[data-switch]");
    this.tray = parts.querySelector("[data-tray]");
    this.element = parts.querySelector("[data-board]");
    this.cells = [...this.element.querySelectorAll("[data-place]")].map(readCell);
    this.cards = this.tray.querySelector("[data-cards]");
    const item = parts.querySelector("[data-item]");
    for (const card of sorting.cards) drawCard(card, item.cloneNode(true));
    // The tray comes first: cards first is the order of the task.
    root.prepend(this.tray, this.element);
  }

  nameOf(place) {
    return this.cells.find((cell) => cell.place === place)?.name ?? "";
  }

  /** Move only the cards whose place changed: a node that is put anew into the page loses the focus. */
  draw() {
    for (const card of this.sorting.cards) {
      const cell = this.cells.find((each) => each.place === card.place);
      const home = cell ? cell.cards : this.cards;
      if (card.item.parentNode === home) continue;
      const later = this.sorting.cards.slice(this.sorting.cards.indexOf(card) + 1);
      home.insertBefore(card.item, later.find((each) => each.item.parentNode === home)?.item ?? null);
    }
  }

  /** Show which card is held, if any, and offer the places. */
  drawHeld(held) {
    for (const card of this.sorting.cards) {
      if (card.button.hasAttribute("aria-pressed")) card.button.setAttribute("aria-pressed", String(card === held));
    }
    this.element.classList.toggle("holding", Boolean(held));
    for (const cell of this.cells) {
      const n = [...cell.cards.children].filter((item) => item !== held?.item).length;
      const here = n ? `${n} ${n === 1 ? "card" : "cards"} already here` : "empty";
      cell.button.setAttribute("aria-label", `Place here: ${cell.name}, ${here}`);
    }
  }

  /** Let a card settle where it was put. */
  settle(card) {
    card.button.classList.add("dropped");
    card.button.addEventListener("animationend", () => card.button.classList.remove("dropped"), { once: true });
  }

  show(view) {
    const onBoard = view === "board";
    this.list.hidden = onBoard;
    this.element.hidden = this.tray.hidden = !onBoard;
    for (const button of this.switch.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.show === view));
    }
  }
}

function readCell(element) {
  const { place, column, row, rowName } = element.dataset;
  return {
    element,
    place,
    name: element.getAttribute("aria-label"),
    column: Number(column),
    row: row === "" ? null : Number(row), // null: the one place of its column
    rowName,
    cards: element.querySelector("[data-cards]"),
    button: element.querySelector(".place"),
  };
}

/** Fill a card's button from its row of the list. */
function drawCard(card, item) {
  const button = item.querySelector("button");
  const full = card.row.querySelector("[data-full]");
  const word = card.row.querySelector("[data-word]");
  button.querySelector(".let").textContent = card.letter;
  button.querySelector(".sh").textContent = card.short;
  copy(full, button.querySelector(".fu"));
  copy(word, button.querySelector(".verdict"));
  if (card.mark) button.classList.add(card.mark);
  if (card.locked) button.classList.add("locked");
  if (card.locked || card.mark) {
    button.setAttribute("aria-disabled", "true");
    button.querySelector(".grip").remove();
  } else {
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-describedby", "sort-keys");
  }
  card.item = item;
  card.button = button;
}

function copy(from, to) {
  if (from) to.append(...from.cloneNode(true).childNodes);
  else to.remove();
}

// ---- the deck: the cards still to place; on a phone it shows one at a time ----

export class Deck {
  #current; // the card on top, on a phone

  constructor(board, sorting) {
    this.sorting = sorting;
    this.tray = board.tray;
    this.heading = board.tray.querySelector("h2");
    this.step = board.tray.querySelector("[data-step]");
    this.undo = board.tray.querySelector("[data-undo]");
  }

  /** Bring a card to the top. */
  show(card) {
    this.#current = card;
    this.draw();
  }

  /** The card `step` further on, round and round. */
  turned(step) {
    const cards = this.sorting.unplaced;
    return cards[(cards.indexOf(this.#current) + step + cards.length) % cards.length];
  }

  draw() {
    const unplaced = this.sorting.unplaced;
    if (!unplaced.includes(this.#current)) this.#current = unplaced[0];
    for (const card of this.sorting.cards) {
      card.item.classList.toggle("off", !card.place && card !== this.#current);
    }
    this.heading.textContent = this.#title(unplaced);
    this.step.hidden = unplaced.length < 2;
    this.undo.disabled = !this.sorting.canUndo;
  }

  /** A board that is checked shows what was never placed, and needs no tools. */
  drawChecked() {
    this.heading.textContent = "Not placed";
    this.step.hidden = this.undo.hidden = true;
    if (!this.sorting.unplaced.length) this.tray.remove();
  }

  #title(unplaced) {
    if (!unplaced.length) return "All placed";
    if (!isNarrow()) return `${unplaced.length} to place`;
    return `Card ${unplaced.indexOf(this.#current) + 1} of ${unplaced.length} to place`;
  }
}
