// The ordering exercise: steps moved up and down. The list's menus of numbers are the form itself; the board
// writes them all as soon as one step is moved, and nothing before.

import { listenToForm, makeDraggable } from "./board.js";
import { say } from "./site.js";
import { addSwitch, guardCheck, isKey, startSaver } from "./task.js";

const words = {
  pickedUp: (step, at) =>
    `Picked up ${step.letter}, ${step.text}. ${at}. Move it with the arrow keys, or press Escape to put it back.`,
  moved: (step, at) => `${step.letter} is now ${at}.`,
  putDown: (step, at) => `Put down. ${step.letter} is ${at}.`,
  putBack: (step, at) => `Put back. ${step.letter} is ${at}.`,
  undone: (step, at) => `Undone. ${step.letter} is back at ${at}.`,
  untouched: "Nothing is moved yet. Put the steps in order first.",
  gaps: (n, step) => `${n} ${n === 1 ? "step has" : "steps have"} no number yet. ${step.letter} is first.`,
  numbered: (step, number) => (number ? `${step.letter} is number ${number}.` : `${step.letter} has no number.`),
  board: "Board view.",
  list: "List view. Choose the number of each step from its menu.",
};

const root = document.querySelector("[data-arrange]");
if (root) arrange(root);

function arrange(root) {
  const form = root.closest("form");
  const parts = root.querySelector("template[data-parts]").content.cloneNode(true);
  const board = parts.querySelector("[data-board]");
  const list = root.querySelector("[data-list]");
  const places = board.querySelector("[data-steps]");
  const undoButton = board.querySelector("[data-undo]");
  const check = form.querySelector("[data-check]");
  const saver = startSaver(form);
  const item = parts.querySelector("[data-item]");
  const steps = [...list.querySelectorAll("[data-step]")].map((row) => readStep(row, item.cloneNode(true)));
  const history = []; // { step, shown, numbers }: what was before each change
  let shown = steps; // from top to bottom
  let held = null; // { step, from }

  root.prepend(board);
  places.append(...steps.map((step) => step.item));
  steps.forEach(listen);
  listenToForm(form, { isHolding: () => Boolean(held), cancel, undo });
  undoButton.addEventListener("click", undo);
  list.addEventListener("change", (event) => numberByHand(steps.find((step) => step.select === event.target)));
  const showComplete = guardCheck(form, { gaps: tellGaps, sent: () => saver?.stop(), comeBack: takeNumbers });
  addSwitch(form, parts.querySelector("[data-switch]"), words, (view) => {
    held = null;
    list.hidden = view === "board";
    board.hidden = view !== "board";
    takeNumbers();
  });
  (onBoard() ? steps[0].button : steps[0].select).dataset.first = "";

  function onBoard() {
    return form.dataset.view === "board";
  }

  function listen(step) {
    step.button.addEventListener("click", () => (held?.step === step ? putDown() : pick(step)));
    step.button.addEventListener("keydown", (event) => key(event, step));
    step.place.addEventListener("click", (event) => placeAt(shown.indexOf(step), isKey(event)));
    for (const button of step.moves) {
      button.addEventListener("click", () => {
        if (button.getAttribute("aria-disabled")) return;
        change(step, shown.indexOf(step) + Number(button.dataset.move));
        // At either end the other button goes on.
        (button.getAttribute("aria-disabled") ? step.moves.find((other) => other !== button) : button).focus();
        say(words.moved(step, at(step)));
      });
    }
    makeDraggable(step, {
      lift: () => hold(step),
      drop: (place) => placeAt(Number(place), false),
      giveUp: cancel,
      isHeld: () => held?.step === step,
    });
  }

  // ---- drawing ----

  /** Show steps by their numbers where all are numbered. */
  function takeNumbers() {
    const complete = new Set(steps.map((step) => step.select.value)).size === steps.length && isNumbered();
    if (complete) shown = [...steps].sort((a, b) => a.select.value - b.select.value);
    draw();
  }

  function isNumbered() {
    return steps.every((step) => step.select.value);
  }

  function draw() {
    shown.forEach((step, n) => {
      // Only what stands elsewhere is moved: a node put anew into the page loses the focus.
      if (places.children[n] !== step.item) places.insertBefore(step.item, places.children[n] ?? null);
      step.item.dataset.place = n;
      step.number.textContent = n + 1;
      step.button.setAttribute("aria-pressed", String(held?.step === step));
      step.place.setAttribute("aria-label", `Place here: ${n + 1} of ${steps.length}`);
      step.moves.forEach((button, down) => {
        const end = down ? n === shown.length - 1 : n === 0;
        button.setAttribute("aria-label", `Move ${step.letter} ${down ? "down" : "up"}`);
        if (end) button.setAttribute("aria-disabled", "true");
        else button.removeAttribute("aria-disabled");
      });
    });
    board.classList.toggle("holding", Boolean(held));
    undoButton.disabled = !history.length;
    check.classList.toggle("btn-1", isNumbered() || !onBoard());
    showComplete(isNumbered());
  }

  const at = (step) => `${shown.indexOf(step) + 1} of ${steps.length}`;

  // ---- what can be done ----

  function hold(step) {
    held = step && { step, from: shown.indexOf(step), changes: history.length };
    draw();
  }

  function pick(step) {
    hold(step);
    say(words.pickedUp(step, at(step)));
  }

  function putDown() {
    const { step } = held;
    hold(null);
    say(words.putDown(step, at(step)));
  }

  /** Escape: back to where it was picked up, as if nothing had happened since. */
  function cancel() {
    const { step, changes } = held;
    while (history.length > changes) restore();
    hold(null);
    saver?.changed();
    step.button.focus();
    say(words.putBack(step, at(step)));
  }

  function placeAt(place, byKey) {
    const { step } = held;
    held = null;
    change(step, place);
    step.button.focus({ preventScroll: !byKey });
    say(words.putDown(step, at(step)));
  }

  function key(event, step) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (held?.step !== step) {
      if (!move) return;
      event.preventDefault();
      shown[shown.indexOf(step) + move]?.button.focus();
      return;
    }
    const ends = { Home: 0, End: steps.length - 1 };
    const place = move ? shown.indexOf(step) + move : /^[1-9]$/.test(event.key) ? event.key - 1 : ends[event.key];
    if (place === undefined) return;
    event.preventDefault();
    if (place < 0 || place >= steps.length || place === shown.indexOf(step)) return;
    change(step, place);
    step.button.focus();
    say(words.moved(step, at(step)));
  }

  /** Move a step and number them all: now the order is an answer. */
  function change(step, place) {
    remember(step);
    shown = shown.filter((each) => each !== step);
    shown.splice(place, 0, step);
    shown.forEach((each, n) => (each.select.value = n + 1));
    draw();
    saver?.changed();
  }

  function numberByHand(step) {
    const number = step.select.value;
    draw();
    saver?.changed();
    say(words.numbered(step, number));
  }

  function remember(step) {
    history.push({ step, shown, numbers: steps.map((each) => each.select.value) });
  }

  function restore() {
    const before = history.pop();
    shown = before.shown;
    steps.forEach((each, n) => (each.select.value = before.numbers[n]));
    return before.step;
  }

  function undo() {
    if (!history.length) return;
    held = null;
    const step = restore();
    draw();
    saver?.changed();
    (onBoard() ? step.button : step.select).focus();
    say(words.undone(step, at(step)));
  }

  function tellGaps() {
    hold(null);
    const gaps = steps.filter((step) => !step.select.value);
    if (!gaps.length) return false;
    if (onBoard()) shown[0].button.focus();
    else gaps[0].select.focus();
    say(onBoard() ? words.untouched : words.gaps(gaps.length, gaps[0]));
    return true;
  }
}

/** One row of the list, and the item of the board that is made of it. */
function readStep(row, item) {
  const full = row.querySelector("[data-full]");
  const button = item.querySelector(".card");
  button.querySelector(".let").textContent = row.dataset.letter;
  button.querySelector(".sh").append(...full.cloneNode(true).childNodes);
  return {
    letter: row.dataset.letter,
    text: full.textContent.trim(),
    select: row.querySelector("select"),
    item,
    button,
    number: item.querySelector(".number"),
    place: item.querySelector(".place"),
    moves: [...item.querySelectorAll("[data-move]")],
  };
}
