// The sorting exercise: cards into places. What is said is word for word as the design guide has it.

import { Sorting, play } from "./board.js";

const left = ({ left: n, total }) =>
  n ? `${n} of ${total} cards left to place.` : "All cards placed. You can check your answers.";
const lies = (place) => (place ? `in ${place}` : "with the cards to place");

const words = {
  pickedUp: (card, number) =>
    `Picked up ${card.letter}, ${card.short}. ${number} places. Choose a place, or press Escape to put it back.`,
  placed: (place, count, next) => `Placed in ${place}. ${left(count)}${next ? ` Next card: ${next.short}.` : ""}`,
  placedByHand: (card, place, count) => `${card.short} placed in ${place}. ${left(count)}`,
  putBack: (card, place) => `Put back. ${card.short} is ${lies(place)}.`,
  takenOff: (card, count) => `${card.short} taken off the board. ${left(count)}`,
  undone: (card, place) => `Undone. ${card.short} is back ${lies(place)}.`,
  turnedTo: (card) => `${card.letter}, ${card.short}`,
  gaps: (n, card) => `${n} ${n === 1 ? "card is" : "cards are"} not placed yet. ${card.short} is first.`,
  board: "Board view.",
  list: "List view. Choose a place for each card from its menu.",
  deck(n, top) {
    if (!n) return "All placed";
    return top ? `Card ${top} of ${n} to place` : `${n} to place`;
  },
};

const root = document.querySelector("[data-sort]");
play(root, new Sorting(root.querySelector("[data-list]")), words);
