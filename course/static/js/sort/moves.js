// How cards are moved: keys and dragging. Tapping is a click and stands with the actions in sort.js.

import { isNarrow } from "./board.js";

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

export function listenToCard(card, { remove, turn, isHolding }) {
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

/** Moving among the places, by what is seen. */
export function listenToPlaces(cells) {
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
