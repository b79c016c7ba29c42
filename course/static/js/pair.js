// The matching exercise: meanings onto terms. The list's menus are the form itself, one for each term.

import { play } from "./board.js";

/** One meaning to place; `at` is the field of the term that has it, null while it is with the others. */
class Meaning {
  at = null;
  mark = "";
  locked = false;

  constructor(row) {
    this.row = row;
    this.letter = row.dataset.letter;
    this.short = row.dataset.short;
    this.value = row.dataset.value;
  }

  get place() {
    return this.at?.name ?? "";
  }
}

class Pairing {
  #history = [];
  #seen; // the values of all fields before the last change

  constructor(root) {
    this.fields = [...root.querySelectorAll("[data-term] :is(select, input[type=hidden])")];
    const meanings = root.querySelector("template[data-parts]").content.querySelectorAll("[data-meaning]");
    // Equal meanings come as one, to be taken as often as they stand there.
    this.cards = [...meanings].flatMap((row) => Array.from({ length: row.dataset.count }, () => new Meaning(row)));
    this.look();
    for (const card of this.cards) card.locked = card.at?.type === "hidden";
  }

  /** Take the fields as they are; browsers restore them when one comes back to a page. */
  look() {
    for (const card of this.cards) if (card.at?.value !== card.value) card.at = null;
    for (const field of this.fields.filter((each) => each.value && !this.#cardAt(each))) {
      const card = this.cards.find((each) => each.value === field.value && !each.at);
      if (card) card.at = field;
      else field.value = "";
    }
    this.#seen = this.fields.map((field) => field.value);
  }

  #cardAt(field) {
    return this.cards.find((card) => card.at === field);
  }

  get unplaced() {
    return this.cards.filter((card) => !card.at);
  }

  /** The meanings that still want a term: none once every term has one, whatever is left over. */
  get waiting() {
    return this.gaps.length ? this.unplaced : [];
  }

  get gaps() {
    return this.fields.filter((field) => !field.value).map((field) => ({ field, short: field.dataset.short }));
  }

  get count() {
    return { left: this.gaps.length, total: this.fields.length };
  }

  get canUndo() {
    return this.#history.length > 0;
  }

  /** Give a meaning to a term, or to none; return the meaning that made room. */
  put(card, place) {
    const field = this.fields.find((each) => each.name === place) ?? null;
    const out = field && this.#cardAt(field);
    if (card.at) card.at.value = "";
    if (out) out.at = null;
    if (field) field.value = card.value;
    card.at = field;
    this.#remember(card);
    return out === card ? null : out;
  }

  /** Take over a choice from a menu; a meaning that is taken elsewhere goes from there. */
  noticed(field) {
    const before = this.#cardAt(field);
    const taken = this.cards.filter((card) => card.value === field.value);
    const card = taken.find((each) => !each.at) ?? taken.find((each) => each !== before && !each.locked);
    if (before) before.at = null;
    if (card) {
      if (card.at) card.at.value = "";
      card.at = field;
    } else field.value = "";
    this.#remember(card ?? before);
    return card ?? before;
  }

  #remember(card) {
    this.#history.push({ card, values: this.#seen });
    this.#seen = this.fields.map((each) => each.value);
  }

  /** Take back the last change; return its meaning. */
  undo() {
    const { card, values } = this.#history.pop();
    this.fields.forEach((field, n) => (field.value = values[n]));
    this.look();
    return card;
  }
}

const left = ({ left: n, total }) =>
  n ? `${n} of ${total} terms left.` : "All terms have a meaning. You can check your answers.";
const lies = (place) => (place ? `at ${place}` : "with the meanings to place");
const room = (out) => (out ? `${out.short} is back with the meanings to place. ` : "");

const words = {
  pickedUp: (card, number) =>
    `Picked up ${card.letter}, ${card.short}. ${number} terms. Choose a term, or press Escape to put it back.`,
  placed: (place, count, next, out) =>
    `Placed at ${place}. ${room(out)}${left(count)}${next ? ` Next meaning: ${next.short}.` : ""}`,
  placedByHand: (card, place, count, out) => `${card.short} placed at ${place}. ${room(out)}${left(count)}`,
  putBack: (card, place) => `Put back. ${card.short} is ${lies(place)}.`,
  takenOff: (card, count) => `${card.short} taken off. ${left(count)}`,
  undone: (card, place) => `Undone. ${card.short} is back ${lies(place)}.`,
  turnedTo: (card) => `${card.letter}, ${card.short}`,
  gaps: (n, term) => `${n} ${n === 1 ? "term has" : "terms have"} no meaning yet. ${term.short} is first.`,
  board: "Board view.",
  list: "List view. Choose a meaning for each term from its menu.",
  deck(n, top, count) {
    if (!count.left) return n ? `All placed, ${n} left over` : "All placed";
    return top ? `Meaning ${top} of ${n}` : `${n} meanings`;
  },
};

const root = document.querySelector("[data-pair]");
if (root) play(root, new Pairing(root), words, { upright: true });
