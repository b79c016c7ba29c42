// The sorting exercise: what can be done with the cards. The list of menus is the form itself and
// the only truth; the board is a second view on it, made of real buttons.

import { createSaver } from "./save.js";
import { say } from "./site.js";
import {
  Board,
  Deck,
  Sorting,
  isNarrow,
  listenToCard,
  listenToForm,
  listenToPlaces,
  makeDraggable,
  onWidthChange,
} from "./board.js";

const form = document.getElementById("sort");
const root = form.querySelector("[data-sort]");
const keysHint = document.getElementById("sort-keys");
const sorting = new Sorting(root.querySelector("[data-list]"));
const board = new Board(root, sorting);
const deck = new Deck(board, sorting);

// ---- what is said: word for word as the design guide has it ----

const left = ({ unplaced, total }) =>
  unplaced ? `${unplaced} of ${total} cards left to place.` : "All cards placed. You can check your answers.";
const lies = (place) => (place ? `in ${place}` : "with the cards to place");
const words = {
  pickedUp: (card, number) =>
    `Picked up ${card.letter}, ${card.short}. ${number} places. Choose a place, or press Escape to put it back.`,
  placed: (place, count, next) => `Placed in ${place}. ${left(count)}${next ? ` Next card: ${next.short}.` : ""}`,
  putBack: (card, place) => `Put back. ${card.short} is ${lies(place)}.`,
  takenOff: (card, count) => `${card.short} taken off the board. ${left(count)}`,
  undone: (card, place) => `Undone. ${card.short} is back ${lies(place)}.`,
  turnedTo: (card) => `${card.letter}, ${card.short}`,
  gaps: (n, card) => `${n} ${n === 1 ? "card is" : "cards are"} not placed yet. ${card.short} is first.`,
  board: "Board view.",
  list: "List view. Choose a place for each card from its menu.",
  failed: "Not saved. Trying again.",
  saved: "Saved.",
};

function placedByHand(card, place, count) {
  return count.unplaced ? `${card.short} placed in ${place}. ${left(count)}` : words.placed(place, count);
}

// ---- view ----

// The server's list of errors leads to the menus of the list.
const listWanted = /(?:^|; )view=list/.test(document.cookie) || document.querySelector(".error-summary");
let view = listWanted ? "list" : "board";

function show(chosen) {
  view = chosen;
  form.dataset.view = view;
  board.show(view);
  if (keysHint) keysHint.hidden = view !== "board";
}

function addSwitch(drawAnew) {
  form.querySelector("[data-tools]").append(board.switch);
  board.switch.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-show]")?.dataset.show;
    if (!chosen || chosen === view) return;
    show(chosen);
    drawAnew();
    document.cookie = `view=${chosen}; path=/; max-age=31536000; samesite=lax`;
    say(words[chosen]);
  });
}

// ---- a board to work on ----

function open() {
  const check = form.querySelector("[data-check]");
  const actions = check.closest(".actions");
  const count = Object.assign(document.createElement("span"), { className: "hint" });
  const ownPlace = actions.previousElementSibling; // the list's Check button stands after it
  const saver = form.dataset.mode === "exercise" ? startSaver() : null;
  let held = null;
  let lastPlace = board.cells[0];
  let anyway = form.querySelector("[data-anyway]");
  let sent = false;

  actions.append(count);
  for (const card of sorting.cards.filter((each) => !each.locked)) listen(card);
  for (const cell of board.cells) {
    cell.button.addEventListener("click", (event) => held && place(cell, isKey(event) ? "keyboard" : "tap"));
  }
  listenToPlaces(board.cells);
  listenToForm(form, { isHolding: () => Boolean(held), cancel, undo });
  deck.undo.addEventListener("click", undo);
  deck.step.addEventListener("click", (event) => turn(Number(event.target.closest("[data-turn]")?.dataset.turn ?? 0)));
  board.list.addEventListener("change", (event) => chooseInList(sorting.cardOf(event.target)));
  form.addEventListener("submit", submit);
  addSwitch(() => {
    held = null;
    draw();
  });
  onWidthChange(draw);
  addEventListener("pageshow", comeBack);
  draw();
  const first = sorting.unplaced[0];
  if (first) (view === "board" ? first.button : first.field).dataset.first = "";

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
    const { unplaced, total } = sorting.count;
    board.draw();
    deck.draw();
    board.drawHeld(held);
    count.textContent = `${total - unplaced} of ${total} placed`;
    check.classList.toggle("btn-1", !unplaced || view === "list");
    if (anyway && !unplaced) anyway.hidden = true;
    putActions(unplaced);
  }

  /** Under the board; on a phone in the deck once it is empty; in the list where the page has them. */
  function putActions(unplaced) {
    // In a quiz something stands between, such as how sure one is; then they stay after that.
    if (ownPlace !== root) return;
    const home = view === "list" ? form : isNarrow() && !unplaced ? board.tray : root;
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
    const turnOf = sorting.unplaced.indexOf(card);
    lastPlace = cell;
    held = null;
    sorting.put(card, cell.place);
    const left = sorting.unplaced;
    const next = left[Math.min(Math.max(turnOf, 0), left.length - 1)];
    if (next) deck.show(next);
    // On a phone a tap takes up the next card, so that one tap places each.
    if (by === "tap" && isNarrow() && next) held = next;
    changed();
    board.settle(card);
    // Who points sees what they point at, so the page stays where it is.
    if (!held) (next ? next.button : check).focus({ preventScroll: by !== "keyboard" });
    if (by === "keyboard") say(words.placed(cell.name, sorting.count, next));
    else say(placedByHand(card, cell.name, sorting.count));
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
    (view === "board" ? card.button : card.field).focus();
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

  function chooseInList(card) {
    sorting.noticed(card);
    changed();
    const name = board.nameOf(card.place);
    say(name ? placedByHand(card, name, sorting.count) : words.takenOff(card, sorting.count));
  }

  function changed() {
    draw();
    saver?.changed();
  }

  // ---- checking ----

  function submit(event) {
    hold(null);
    const gaps = sorting.unplaced;
    if (gaps.length && event.submitter !== anyway) {
      event.preventDefault();
      offerAnyway();
      if (view === "board") deck.show(gaps[0]);
      focusOn(gaps[0]);
      say(words.gaps(gaps.length, gaps[0]));
      return;
    }
    sent = true;
    // The form itself carries every placement.
    saver?.stop();
  }

  function offerAnyway() {
    anyway ??= Object.assign(document.createElement("button"), {
      className: "btn",
      name: "anyway",
      value: "1",
      textContent: "Check anyway",
    });
    anyway.hidden = false;
    check.after(anyway);
  }

  /** Back from the result: the server knows better than a page kept by the browser. */
  function comeBack(event) {
    if (event.persisted && sent) return location.reload();
    sorting.look();
    draw();
  }
}

// ---- a board that was checked ----

function closed() {
  board.draw();
  deck.drawChecked();
  addSwitch(() => {});
}

// ---- saving ----

function startSaver() {
  const field = (name) => form.elements[name];
  return createSaver({
    url: form.dataset.save,
    fields: () => new URLSearchParams(new FormData(form)),
    onState: (state) => say(words[state]),
    onKept({ attempt, sequence }) {
      field("sequence").value = sequence;
      if (field("attempt")?.value) return;
      // The exercise is kept from now on; what would have started it is not sent again.
      const start = field("start");
      if (field("attempt")) start.remove();
      else start.name = "attempt";
      field("attempt").value = attempt;
    },
  });
}

// ---- helpers ----

/** Keyboards and screen readers press a button without a position. */
const isKey = (event) => event.detail === 0;

form.dataset.enhanced = "";
show(view);
if (root.dataset.state === "open") open();
else closed();
