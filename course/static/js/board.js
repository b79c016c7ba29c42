// Cards and places: the cards as the form has them, the board and the deck as they are seen, and what can be done.

import { say } from "./site.js";
import { addSwitch, guardCheck, isKey, startSaver } from "./task.js";

const NARROW = matchMedia("(max-width: 59.99rem)");

/** Whether the phone's layout is shown: stages below each other, one card at a time. */
const isNarrow = () => NARROW.matches;

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

  /** The cards that still want a place. */
  get waiting() {
    return this.unplaced;
  }

  /** What has no answer yet, each with the words that name it. */
  get gaps() {
    return this.unplaced;
  }

  get count() {
    return { left: this.gaps.length, total: this.cards.length };
  }

  get canUndo() {
    return this.#history.length > 0;
  }

  put(card, place) {
    card.field.value = place;
    this.noticed(card.field);
  }

  /** Remember a change that is in the field already; return its card. */
  noticed(field) {
    const card = this.cards.find((each) => each.field === field);
    this.#history.push({ card, place: this.#seen.get(card) });
    this.#seen.set(card, card.place);
    return card;
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

class Board {
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
    button.setAttribute("aria-describedby", "keys");
  }
  card.item = item;
  card.button = button;
}

function copy(from, to) {
  if (from) to.append(...from.cloneNode(true).childNodes);
  else to.remove();
}

// ---- the deck: the cards still to place; on a phone it shows one at a time ----

class Deck {
  #current; // the card on top, on a phone

  constructor(board, sorting, words) {
    this.sorting = sorting;
    this.words = words;
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
    const top = isNarrow() ? unplaced.indexOf(this.#current) + 1 : 0;
    this.heading.textContent = this.words.deck(unplaced.length, top, this.sorting.count);
    this.step.hidden = unplaced.length < 2;
    this.undo.disabled = !this.sorting.canUndo;
  }

  /** A board that is checked shows what was never placed, and needs no tools. */
  drawChecked() {
    this.heading.textContent = "Not placed";
    this.step.hidden = this.undo.hidden = true;
    if (!this.sorting.unplaced.length) this.tray.remove();
  }
}

// ======== How cards are moved: keys and dragging. Tapping is a click and stands with the actions below. ========
// In one file with what it moves, because a first visit is allowed eight requests.

// ---- keys: only while a card or a place has the focus; Enter and Space come as clicks ----

const ARROWS = {
  ArrowRight: { x: 1, y: 0 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowDown: { x: 0, y: 1 },
  ArrowUp: { x: 0, y: -1 },
};

/** Keys that work anywhere in the exercise. */
export function listenToForm(form, { isHolding, cancel, undo }) {
  form.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z") {
      event.preventDefault();
      undo();
    } else if (event.key === "Escape" && isHolding()) {
      event.preventDefault();
      cancel();
    } else if (event.key === "Enter" && event.repeat) {
      // Enter held down would pick up and place at once.
      event.preventDefault();
    }
  });
}

function listenToCard(card, { remove, turn, isHolding }) {
  card.button.addEventListener("keydown", (event) => {
    if (isChord(event)) return;
    if ((event.key === "Delete" || event.key === "Backspace") && card.place) {
      event.preventDefault();
      remove(card);
    }
    const arrow = ARROWS[event.key];
    if (!arrow || isHolding()) return;
    event.preventDefault();
    const step = arrow.x + arrow.y;
    if (!card.place && isNarrow()) turn(step);
    else neighbour(card, step)?.focus();
  });
}

function neighbour(card, step) {
  const item = step > 0 ? card.item.nextElementSibling : card.item.previousElementSibling;
  return item?.querySelector("button");
}

/** Moving among the places, by what is seen. `upright`: one line from top to bottom, at every width. */
function listenToPlaces(cells, upright) {
  const last = Math.max(...cells.map((cell) => cell.column));
  const rows = [...new Set(cells.map((cell) => cell.rowName).filter(Boolean))];
  let lane = 0; // the row to go on in after a place that spans all rows

  /** The place of a column in a row; a column with one place has it in every row. */
  const at = (column, row) => cells.find((cell) => cell.column === column && (cell.row === null || cell.row === row));

  function target(cell, event) {
    if (event.key === "Home") return at(0, lane);
    if (event.key === "End") return at(last, lane);
    if (/^[1-9]$/.test(event.key)) return at(Number(event.key) - 1, lane);
    if (ARROWS[event.key]) return rows.length ? alongGrid(cell, ARROWS[event.key]) : alongLine(cell, ARROWS[event.key]);
    return byInitial(cell, event.key);
  }

  /** Wide: columns lie side by side. Narrow: they lie below each other, with their rows side by side. */
  function alongGrid(cell, { x, y }) {
    const [byColumn, byRow] = isNarrow() ? [y, x] : [x, y];
    if (byColumn) return at(cell.column + byColumn, lane);
    return cell.row === null ? undefined : at(cell.column, cell.row + byRow);
  }

  /** One dimension. Wide: a single line. Narrow: lines of two. */
  function alongLine(cell, { x, y }) {
    if (upright) return at(cell.column + x + y, 0);
    if (!isNarrow()) return at(cell.column + x, 0);
    const sameLine = Math.floor((cell.column + x) / 2) === Math.floor(cell.column / 2);
    return sameLine ? at(cell.column + x + 2 * y, 0) : undefined;
  }

  /** P for provider, C for consumer: when only one row starts with that letter. */
  function byInitial(cell, key) {
    const found = rows.filter((name) => name[0].toLowerCase() === key.toLowerCase());
    if (key.length !== 1 || found.length !== 1 || cell.row === null) return undefined;
    return cells.find((each) => each.column === cell.column && each.rowName === found[0]);
  }

  for (const cell of cells) {
    cell.button.addEventListener("focus", () => {
      if (cell.row !== null) lane = cell.row;
    });
    cell.button.addEventListener("keydown", (event) => {
      if (isChord(event)) return;
      const next = target(cell, event);
      if (next || ARROWS[event.key]) event.preventDefault();
      next?.button.focus();
    });
  }
}

const isChord = (event) => event.ctrlKey || event.metaKey || event.altKey;

// ---- dragging, a shortcut. Mouse: anywhere on the card. Touch and pen: the grip, so that the page scrolls ----

const THRESHOLD = 6; // px before a press becomes a drag
const EDGE = 60; // px from the top or bottom of the window where the page starts to scroll
const SPEED = 9; // px per frame

/**
 * `lift` starts a drag; `drop(place)` ends it over a place, `giveUp` elsewhere or when it is
 * interrupted. `isHeld` says whether the card is still held: Escape ends that.
 */
export function makeDraggable(card, to) {
  card.button.addEventListener("pointerdown", (event) => {
    const fromGrip = event.target.closest(".grip");
    if (event.button !== 0 || (event.pointerType !== "mouse" && !fromGrip)) return;
    watch(card, to, event);
  });
}

/** Follow one press until it ends. */
function watch(card, to, start) {
  const listening = new AbortController();
  let drag = null;

  const listen = (type, act) =>
    addEventListener(type, (event) => event.pointerId === start.pointerId && act(event), { signal: listening.signal });

  listen("pointermove", (event) => {
    if (!drag) {
      if (Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < THRESHOLD) return;
      to.lift();
      drag = new Drag(card);
    }
    if (to.isHeld()) drag.moveTo(event.clientX, event.clientY);
    else end();
  });
  listen("pointerup", () => end((place) => (place ? to.drop(place) : to.giveUp())));
  listen("pointercancel", () => end(to.giveUp));

  function end(then) {
    listening.abort();
    if (!drag) return;
    const place = drag.finish();
    swallowClick();
    if (then && to.isHeld()) then(place);
  }
}

/** A card under way: its ghost, the place below it, and the scrolling at the edges. */
class Drag {
  #over = null;
  #frame = 0;
  #mayScroll = false; // only once the pointer has left the edge where a drag may start, as from the deck

  constructor(card) {
    this.button = card.button;
    this.ghost = card.button.cloneNode(true);
    this.ghost.classList.add("drag-ghost");
    this.ghost.inert = true;
    document.body.append(this.ghost);
    card.button.classList.add("ghosted");
    this.#frame = requestAnimationFrame(() => this.#scroll());
  }

  moveTo(x, y) {
    this.x = x;
    this.y = y;
    this.ghost.style.transform = `translate(${x - 30}px, ${y - 20}px)`;
    this.#mark();
  }

  /** Put everything back as it was; return the place below the pointer. */
  finish() {
    cancelAnimationFrame(this.#frame);
    this.ghost.remove();
    this.button.classList.remove("ghosted");
    this.#over?.classList.remove("over");
    return this.#over?.dataset.place;
  }

  #mark() {
    const cell = document.elementFromPoint(this.x, this.y)?.closest("[data-place]") ?? null;
    if (cell === this.#over) return;
    this.#over?.classList.remove("over");
    cell?.classList.add("over");
    this.#over = cell;
  }

  #scroll() {
    this.#frame = requestAnimationFrame(() => this.#scroll());
    const direction = Number(this.y > innerHeight - EDGE) - Number(this.y < EDGE);
    this.#mayScroll ||= direction === 0;
    if (!direction || !this.#mayScroll) return;
    scrollBy(0, direction * SPEED);
    this.#mark();
  }
}

/** The release of a drag is no click. */
function swallowClick() {
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
}

// ======== What can be done with cards. ========

/**
 * Make a page's list of menus a board as well: a second view on the same fields, made of real buttons.
 * `words` says what is announced; `upright` see listenToPlaces.
 */
export function play(root, sorting, words, { upright = false } = {}) {
  const form = root.closest("form");
  const board = new Board(root, sorting);
  const deck = new Deck(board, sorting, words);
  if (root.dataset.state !== "open") {
    board.draw();
    deck.drawChecked();
    addSwitch(form, board.switch, words, (view) => board.show(view));
    return;
  }
  const check = form.querySelector("[data-check]");
  const actions = check.closest(".actions");
  const count = Object.assign(document.createElement("span"), { className: "hint" });
  const ownPlace = actions.previousElementSibling; // the list's Check button stands after it
  const saver = startSaver(form);
  const onBoard = () => form.dataset.view === "board";
  let held = null;
  let lastPlace = board.cells[0];

  actions.append(count);
  for (const card of sorting.cards.filter((each) => !each.locked)) listen(card);
  for (const cell of board.cells) {
    cell.button.addEventListener("click", (event) => held && place(cell, isKey(event) ? "keyboard" : "tap"));
  }
  listenToPlaces(board.cells, upright);
  listenToForm(form, { isHolding: () => Boolean(held), cancel, undo });
  deck.undo.addEventListener("click", undo);
  deck.step.addEventListener("click", (event) => turn(Number(event.target.closest("[data-turn]")?.dataset.turn ?? 0)));
  board.list.addEventListener("change", (event) => chooseInList(event.target));
  const showComplete = guardCheck(form, {
    gaps: tellGaps,
    sent: () => saver?.stop(), // the form itself carries every placement
    comeBack() {
      sorting.look();
      draw();
    },
  });
  addSwitch(form, board.switch, words, (view) => {
    held = null;
    board.show(view);
    draw();
  });
  NARROW.addEventListener("change", draw);
  const first = sorting.waiting[0];
  if (first) (onBoard() ? first.button : sorting.gaps[0].field).dataset.first = "";

  function listen(card) {
    card.button.addEventListener("click", (event) => {
      if (held === card) return cancel();
      pick(card);
      if (isKey(event)) lastPlace.button.focus();
    });
    listenToCard(card, { remove, turn, isHolding: () => Boolean(held) });
    makeDraggable(card, {
      lift: () => hold(card),
      drop: (value) => place(board.cells.find((cell) => cell.place === value), "drag"),
      giveUp: cancel,
      isHeld: () => held === card,
    });
  }

  // ---- drawing ----

  function draw() {
    const { left, total } = sorting.count;
    board.draw();
    deck.draw();
    board.drawHeld(held);
    count.textContent = `${total - left} of ${total} placed`;
    check.classList.toggle("btn-1", !left || !onBoard());
    showComplete(!left);
    putActions(left);
  }

  /** Under the board; on a phone in the deck once it is empty; in the list where the page has them. */
  function putActions(left) {
    // In a quiz something stands between, such as how sure one is; then they stay after that.
    if (ownPlace !== root) return;
    const home = !onBoard() ? form : isNarrow() && !left ? board.tray : root;
    if (actions.parentNode === home) return;
    if (home === form) root.after(actions);
    else home.append(actions);
  }

  function hold(card) {
    held = card;
    board.drawHeld(held);
  }

  // ---- what can be done ----

  function pick(card) {
    hold(card);
    say(words.pickedUp(card, root.dataset.numberWord));
  }

  function cancel() {
    const card = held;
    hold(null);
    focusOn(card);
    say(words.putBack(card, board.nameOf(card.place)));
  }

  /** @param {"keyboard" | "tap" | "drag"} by */
  function place(cell, by) {
    const card = held;
    const turnOf = sorting.waiting.indexOf(card);
    lastPlace = cell;
    held = null;
    const out = sorting.put(card, cell.place); // the card that made room, if any
    const left = sorting.waiting;
    const next = left[Math.min(Math.max(turnOf, 0), left.length - 1)];
    if (next) deck.show(next);
    // On a phone a tap takes up the next card, so that one tap places each.
    if (by === "tap" && isNarrow() && next) held = next;
    changed();
    board.settle(card);
    // Who points sees what they point at, so the page stays where it is.
    if (!held) (next ? next.button : check).focus({ preventScroll: by !== "keyboard" });
    if (by === "keyboard") say(words.placed(cell.name, sorting.count, next, out));
    else say(byHand(card, cell.name, out));
  }

  function byHand(card, place, out) {
    const { count: now } = sorting;
    return now.left ? words.placedByHand(card, place, now, out) : words.placed(place, now, undefined, out);
  }

  function remove(card) {
    hold(null);
    sorting.put(card, "");
    bringBack(card);
    say(words.takenOff(card, sorting.count));
  }

  function undo() {
    if (!sorting.canUndo) return;
    hold(null);
    const card = sorting.undo();
    bringBack(card);
    say(words.undone(card, board.nameOf(card.place)));
  }

  /** Show where a card is now, with the focus on it. */
  function bringBack(card) {
    if (!card.place) deck.show(card);
    changed();
    focusOn(card);
  }

  function focusOn(card) {
    (onBoard() ? card.button : card.field ?? sorting.gaps[0]?.field)?.focus();
  }

  /** The deck's arrows. A held card is changed for the next one. */
  function turn(step) {
    if (!step) return;
    const card = deck.turned(step);
    const focused = board.cards.contains(document.activeElement);
    deck.show(card);
    if (focused) card.button.focus();
    if (held) pick(card);
    else say(words.turnedTo(card));
  }

  function chooseInList(field) {
    const card = sorting.noticed(field);
    changed();
    const name = board.nameOf(card.place);
    say(name ? byHand(card, name) : words.takenOff(card, sorting.count));
  }

  function changed() {
    draw();
    saver?.changed();
  }

  function tellGaps() {
    hold(null);
    const gaps = sorting.gaps;
    if (!gaps.length) return false;
    const card = sorting.waiting[0];
    if (onBoard()) {
      deck.show(card);
      card.button.focus();
    } else gaps[0].field.focus();
    say(words.gaps(gaps.length, gaps[0]));
    return true;
  }
}
