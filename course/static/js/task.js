// What every task with a board shares: it sends what the form holds to the server as it changes and keeps
// trying while that fails, switches between board and list, and asks before checking with gaps.

import { inWords, say, secondsToWait } from "./site.js";

const PAUSE = 300; // ms of quiet before a save
const RETRY = [1, 2, 4, 8, 15]; // seconds; the last one repeats

/**
 * `fields` reads the form as it is now, with the `sequence` of the last save. `onState` hears
 * "failed" once, and whenever the server says how many seconds to wait, then "saved" once it works
 * again. `onKept` writes the server's answer, {attempt, sequence}, into the form.
 */
function createSaver({ url, fields, onState, onKept }) {
  let waiting; // timer of the next save
  let dirty = false; // something changed since the last request was made
  let sending = false;
  let stopped = false;
  let failures = 0;
  let held = 0; // on this page's stopwatch: nothing goes before, the server said so
  let highest = 0; // sequence number used last, answered or not

  function changed() {
    dirty = true;
    // While saving fails, the pace of the retries holds.
    if (!failures) later(PAUSE);
  }

  function later(wait) {
    clearTimeout(waiting);
    if (!stopped) waiting = setTimeout(send, Math.max(wait, held - performance.now()));
  }

  async function send() {
    clearTimeout(waiting);
    // One at a time; the answer of the present one starts the next.
    if (stopped || sending || !dirty) return;
    sending = true;
    dirty = false;
    try {
      await settle(await post());
    } catch {
      failed();
    } finally {
      sending = false;
    }
    if (dirty) later(failures ? retryWait() : PAUSE);
  }

  /** The newest state under a sequence number higher than any before. */
  function post() {
    const body = fields();
    highest = Math.max(highest, Number(body.get("sequence")) || 0) + 1;
    body.set("sequence", highest);
    // keepalive: leaving the page does not lose the last placement.
    return fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: true });
  }

  async function settle(response) {
    if (response.status === 409) return outrun(await response.json());
    const wait = secondsToWait(response);
    if (wait || response.status >= 500) return failed(wait);
    if (!response.ok) return stop(); // refused for good; the form itself still posts
    onKept(await response.json());
    if (failures) onState("saved");
    failures = 0;
  }

  /** Another tab saved later. What is seen here is newer still, so it goes after that one. */
  function outrun(answer) {
    const known = Number(answer.sequence);
    if (!(known >= highest)) return stop(); // refused for another reason
    onKept(answer);
    highest = known;
    dirty = true;
  }

  function failed(wait = 0) {
    dirty = true;
    failures += 1;
    if (wait) held = performance.now() + wait * 1000;
    if (wait || failures === 1) onState("failed", wait);
  }

  const retryWait = () => RETRY[Math.min(failures, RETRY.length) - 1] * 1000;

  function stop() {
    stopped = true;
    clearTimeout(waiting);
  }

  addEventListener("online", () => later(0));
  addEventListener("pagehide", () => {
    if (dirty && !stopped) post().catch(() => {});
  });

  return { changed, stop };
}

/** Keep an exercise as it changes. In a quiz there is nothing to keep before the check: then nothing is returned. */
export function startSaver(form) {
  if (form.dataset.mode !== "exercise") return null;
  const field = (name) => form.elements[name];
  const notice = Object.assign(document.createElement("p"), { className: "alert warn" });
  return createSaver({
    url: form.dataset.save,
    fields: () => new URLSearchParams(new FormData(form)),
    onState(state, wait) {
      const failed = wait
        ? `Not saved yet: too much was sent in a short time. Trying again in ${inWords(wait)}.`
        : "Not saved. Trying again.";
      notice.textContent = state === "saved" ? "" : failed;
      if (state === "saved") notice.remove();
      else form.querySelector(".actions").before(notice);
      say(notice.textContent || "Saved.");
    },
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

/**
 * Put the switch between board and list into the page. `show(view)` draws; `announce` holds the words for
 * "board" and "list". The server's list of errors leads to the menus of the list.
 */
export function addSwitch(form, buttons, announce, show) {
  const listWanted = /(?:^|; )view=list/.test(document.cookie) || document.querySelector(".error-summary");
  const keys = document.getElementById("keys");

  function change(view) {
    form.dataset.view = view;
    if (keys) keys.hidden = view !== "board";
    for (const button of buttons.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.show === view));
    }
    show(view);
  }

  form.dataset.enhanced = "";
  form.querySelector("[data-tools]").append(buttons);
  buttons.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-show]")?.dataset.show;
    if (!chosen || chosen === form.dataset.view) return;
    change(chosen);
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `view=${chosen}; path=/; max-age=31536000; samesite=lax${secure}`;
    say(announce[chosen]);
  });
  change(listWanted ? "list" : "board");
}

/**
 * Let a form go to be checked only when nothing is missing, or when that is asked for.
 * `gaps()` tells what is missing and returns true, or returns false. `sent()` is called when the form goes,
 * `comeBack()` when the browser shows the page again.
 */
export function guardCheck(form, { gaps, sent, comeBack }) {
  const check = form.querySelector("[data-check]");
  let anyway = form.querySelector("[data-anyway]");
  let gone = false;

  form.addEventListener("submit", (event) => {
    if (event.submitter !== anyway && gaps()) {
      event.preventDefault();
      offer();
      return;
    }
    gone = true;
    sent();
  });

  // Back from the result: the server knows better than a page kept by the browser.
  addEventListener("pageshow", (event) => (event.persisted && gone ? location.reload() : comeBack()));

  function offer() {
    anyway ??= Object.assign(document.createElement("button"), {
      className: "btn",
      name: "anyway",
      value: "1",
      textContent: "Check anyway",
    });
    anyway.hidden = false;
    check.after(anyway);
  }

  /** Hide "Check anyway" once nothing is missing. */
  return (complete) => {
    if (anyway && complete) anyway.hidden = true;
  };
}

/** Keyboards and screen readers press a button without a position. */
export const isKey = (event) => event.detail === 0;
