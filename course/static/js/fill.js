// The text with gaps: kept as it is filled, and asked about before it is checked with gaps.

import { say } from "./site.js";
import { guardCheck, startSaver } from "./task.js";

const root = document.querySelector("[data-fill]");
const form = root?.closest("form");
const fields = [...(root?.querySelectorAll("select, input[type=text]") ?? [])];

if (fields.length) {
  const saver = startSaver(form);
  form.dataset.enhanced = "";
  fields[0].dataset.first = "";
  const showComplete = guardCheck(form, { gaps: tellGaps, sent: () => saver?.stop(), comeBack() {} });
  root.addEventListener("input", () => {
    showComplete(!empty().length);
    saver?.changed();
  });

  function empty() {
    return fields.filter((field) => !field.value.trim());
  }

  function tellGaps() {
    const gaps = empty();
    if (!gaps.length) return false;
    gaps[0].focus();
    say(`${gaps.length} ${gaps.length === 1 ? "gap is" : "gaps are"} empty. ${gaps[0].labels[0].textContent} is first.`);
    return true;
  }
}
