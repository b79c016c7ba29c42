// A mock exam: all questions in one page, the clock, and saving that keeps what it cannot send.
// Without script the same form posts each question; nothing here decides what counts, the server does.

import { inWords, say, secondsToWait } from "./site.js";

const PAUSE = 0; // ms before a save: a change goes at once, and while one is on its way only the newest waits
const SLOW = 400; // ms before "Saving…" shows
const RETRY = [1, 2, 4, 8, 15]; // seconds; the last one repeats
const SPOKEN = [30, 15, 10, 5, 1]; // minutes left
const SHOW_AGAIN = 5; // minutes left at which a hidden clock comes back
const LATE = 10; // minutes left

const form = document.getElementById("exam");
const icon = (name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(svg.namespaceURI, "use"));
  svg.firstChild.setAttribute("href", `#i-${name}`);
  return svg;
};
const minutes = (n) => `${n} ${n === 1 ? "minute" : "minutes"}`;
const questions = (n) => `${n} ${n === 1 ? "question" : "questions"}`;

// ---- the clock: the server says how much is left, this page's own stopwatch counts on ----

class Clock {
  #end; // on this page's stopwatch, ms; null without a limit
  #spoken = Infinity; // the lowest of SPOKEN that was said
  #tick;
  hidden = false;

  /** `words(minutes)` is said at the warnings; `over()` is called once when time is up. */
  constructor(element, { words, over }) {
    this.element = element;
    this.words = words;
    this.over = over;
    const left = element.dataset.left;
    element.textContent = "";
    this.face = document.createElement("span");
    this.face.dataset.timer = "";
    this.face.setAttribute("role", "timer");
    this.face.setAttribute("aria-live", "off");
    element.append(icon("clock"), this.face);
    this.set(left === "" ? null : Number(left));
    // What lies behind already is not said.
    this.#spoken = Math.min(...SPOKEN.filter((each) => this.#end !== null && this.left <= each * 60), Infinity);
    this.#draw();
  }

  /** Take the seconds left as the server has them. */
  set(left) {
    if (left === undefined) return;
    this.#end = left === null ? null : performance.now() + left * 1000;
  }

  get left() {
    return this.#end === null ? Infinity : Math.max(0, (this.#end - performance.now()) / 1000);
  }

  get minutes() {
    return Math.ceil(this.left / 60);
  }

  stop() {
    clearTimeout(this.#tick);
  }

  #draw() {
    if (this.#end === null) {
      this.face.textContent = "No time limit";
      return;
    }
    const left = this.left;
    if (left <= SHOW_AGAIN * 60 && this.hidden) this.toggle();
    this.face.textContent = this.hidden ? "Time hidden" : Clock.text(left);
    this.element.classList.toggle("late", left <= LATE * 60);
    const due = SPOKEN.filter((each) => left <= each * 60 && each < this.#spoken);
    if (due.length && left > 0) {
      this.#spoken = Math.min(...due);
      this.words(this.#spoken);
    }
    if (left <= 0) return this.over();
    this.#tick = setTimeout(() => this.#draw(), (left % 1) * 1000 + 20);
  }

  toggle() {
    this.hidden = !this.hidden;
    document.querySelector("[data-hide-time]")?.setAttribute("aria-pressed", String(this.hidden));
    if (this.#end !== null) this.face.textContent = this.hidden ? "Time hidden" : Clock.text(this.left);
  }

  static text(seconds) {
    const whole = Math.ceil(seconds);
    const two = (n) => String(n).padStart(2, "0");
    const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  }
}

// ---- sending: one change at a time, kept in this tab until the server has it ----

class Outbox {
  #waiting = new Map(); // "4 choice" → the newest change of that question's answer or flag
  #timer;
  #sending = null; // key of the change under way
  #failures = 0;
  #held = 0; // on this page's stopwatch: nothing goes before, the server said so
  #late = 0; // changes that were saved since it works again after a failure, until none waits
  stopped = false;

  constructor({ url, token, hears }) {
    this.url = url;
    this.token = token;
    this.hears = hears;
    this.shelf = `exam ${url}`;
    for (const [key, change] of JSON.parse(sessionStorage.getItem(this.shelf) ?? "[]")) this.#waiting.set(key, change);
    addEventListener("online", () => this.#later(0));
    addEventListener("offline", () => this.#fail());
    addEventListener("pagehide", () => this.#lastSend());
    if (this.#waiting.size) this.#later(0);
  }

  get size() {
    return this.#waiting.size + (this.#sending ? 1 : 0);
  }

  get changes() {
    return [...this.#waiting.values()];
  }

  /** Send a change; a newer one of the same thing takes the place of one that still waits. */
  put(key, change) {
    this.#waiting.set(key, change);
    this.#keep();
    if (!this.#failures) this.#later(PAUSE);
  }

  /** Send what waits now, and tell when nothing waits any more. */
  async flush() {
    if (!this.#failures) this.#later(0); // while it fails, the pace of the retries holds
    while (this.size && !this.#failures && !this.stopped) await new Promise((go) => setTimeout(go, 30));
    return !this.size;
  }

  forget() {
    this.stopped = true;
    this.#waiting.clear();
    sessionStorage.removeItem(this.shelf);
  }

  #keep() {
    sessionStorage.setItem(this.shelf, JSON.stringify([...this.#waiting]));
  }

  #later(wait) {
    clearTimeout(this.#timer);
    if (!this.stopped) this.#timer = setTimeout(() => this.#send(), Math.max(wait, this.#held - performance.now()));
  }

  async #send() {
    const next = this.#waiting.entries().next().value;
    if (!next || this.#sending || this.stopped) return;
    const [key, change] = next;
    this.#sending = key;
    const slow = setTimeout(() => this.hears.saving(), SLOW);
    let wait = 0;
    try {
      const response = await fetch(this.url, this.#request(change));
      wait = secondsToWait(response);
      if (wait || response.status >= 500) throw new Error(String(response.status));
      const answer = await response.json();
      this.#sending = null;
      this.#settle(key, change, response, answer);
    } catch {
      this.#sending = null;
      this.#fail(wait);
    } finally {
      clearTimeout(slow);
    }
    if (this.#waiting.size && !this.#failures) this.#later(0);
  }

  #request(change) {
    const body = new URLSearchParams({ csrf_token: this.token, ...change });
    return { method: "POST", body, headers: { Accept: "application/json" }, keepalive: true };
  }

  #settle(key, change, response, answer) {
    if (this.#failures || this.#late) this.#late += 1;
    this.#failures = 0;
    // Something newer may wait under the same key by now; then only that is left to send.
    if (this.#waiting.get(key) === change) this.#waiting.delete(key);
    this.#keep();
    if (response.status === 409) this.hears.newer(change, answer);
    else if (response.status === 410) this.hears.closed();
    else if (!response.ok) this.hears.refused(response.status);
    else this.hears.saved(answer, this.#waiting.size ? 0 : this.#late);
    if (!this.#waiting.size) this.#late = 0;
  }

  #fail(wait = 0) {
    if (this.stopped) return;
    this.#failures += 1;
    if (wait) this.#held = performance.now() + wait * 1000;
    this.hears.failed(wait);
    this.#later(RETRY[Math.min(this.#failures, RETRY.length) - 1] * 1000);
  }

  /** The page goes away: one last try for what waits. It stays on the shelf until the server has it. */
  #lastSend() {
    if (this.stopped) return;
    for (const [key, change] of this.#waiting) {
      if (key !== this.#sending) fetch(this.url, this.#request(change)).catch(() => {});
    }
  }
}

// ---- the exam ----

function sit() {
  const total = Number(form.dataset.total);
  const base = `/attempts/${form.dataset.attempt}`;
  const box = form.querySelector("[data-box]");
  const flagButton = form.querySelector("[data-flag]");
  const [previous, next] = [form.querySelector("[data-previous]"), form.querySelector("[data-next]")];
  const notices = form.querySelector("[data-notices]");
  const savedState = form.querySelector("[data-saved]");
  const channel = new BroadcastChannel(base);
  const me = Math.random().toString(36).slice(2);
  const sheets = [...form.querySelectorAll(".palette [data-number]")].map(readSheet);
  const inputs = (sheet) =>
    sheet.content.flatMap((node) => (node.querySelectorAll ? [...node.querySelectorAll("input[type=radio]")] : []));
  const open = () => questions(sheets.filter((sheet) => !sheet.choice).length);
  const fits = { all: () => true, open: (sheet) => !sheet.choice, flagged: (sheet) => sheet.flagged };
  let current = sheets[Number(form.dataset.number) - 1];
  let since = performance.now(); // the question on the screen was turned to
  let over = false;
  let asleep = false; // another tab has taken over
  let tooOften = false; // why saving fails: it is not the connection

  const clock = new Clock(document.querySelector("[data-clock]"), {
    words: (n) => say(n === 1 ? "1 minute left. Your answers are saved." : `${minutes(n)} left. ${open()} unanswered.`),
    over: timeIsUp,
  });
  const outbox = new Outbox({
    url: `${base}/save`,
    token: form.elements.csrf_token.value,
    hears: { saving: () => showSaved("Saving…"), saved, newer, closed: toResult, refused, failed },
  });

  function readSheet(button) {
    const { number, choice, look, flagLook, seconds } = button.dataset;
    return {
      button,
      number: Number(number),
      choice,
      look: Number(look),
      flagged: "flagged" in button.dataset,
      flagLook: Number(flagLook),
      seconds: Number(seconds),
    };
  }

  /** The question's own nodes; they stay, so that a choice stays in them. */
  function contentOf(sheet) {
    if (sheet === current) return [...box.childNodes];
    const template = document.querySelector(`template[data-question="${sheet.number}"]`);
    return [...document.importNode(template.content, true).childNodes];
  }

  // ---- drawing ----

  function draw() {
    document.title = `Question ${current.number} of ${total}: ${form.dataset.title}`;
    form.action = `${base}/q/${current.number}`;
    form.querySelector("[data-where]").textContent = `${current.number} of ${total}`;
    previous.disabled = current.number === 1;
    next.value = current.number === total ? "submit" : "next";
    next.textContent = current.number === total ? "Review and submit" : "Next";
    form.querySelector("button[hidden]").value = current.number;
    for (const sheet of sheets) drawSheet(sheet);
    drawFilters();
  }

  function drawSheet(sheet) {
    const { button, choice, flagged } = sheet;
    button.toggleAttribute("data-answered", Boolean(choice));
    button.toggleAttribute("data-flagged", flagged);
    if (sheet === current) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    const words = [choice ? "answered" : "not answered", flagged && "flagged", sheet === current && "current"];
    button.querySelector("[data-words]").textContent = `, ${words.filter(Boolean).join(", ")}`;
    if (sheet === current) flagButton.setAttribute("aria-pressed", String(flagged));
    for (const input of inputs(sheet)) input.checked = input.value === choice;
  }

  function drawFilters(name) {
    const buttons = [...form.querySelectorAll("[data-filter]")];
    const chosen = name ?? buttons.find((each) => each.getAttribute("aria-pressed") === "true").dataset.filter;
    for (const button of buttons) {
      const { filter } = button.dataset;
      button.setAttribute("aria-pressed", String(filter === chosen));
      button.querySelector("[data-count]").textContent = `(${sheets.filter(fits[filter]).length})`;
    }
    for (const sheet of sheets) sheet.button.parentNode.hidden = !fits[chosen](sheet);
  }

  function showSaved(text, mark, failed = false) {
    savedState.classList.toggle("failed", failed);
    savedState.replaceChildren(...(mark ? [icon(mark)] : []), text);
  }

  /** One notice of a kind at a time, above the question. */
  function notice(kind, text, more) {
    notices.querySelector(`[data-notice=${kind}]`)?.remove();
    if (!text) return;
    const p = Object.assign(document.createElement("p"), { className: "alert warn", textContent: text });
    p.dataset.notice = kind;
    if (more) p.append(" ", more);
    notices.append(p);
  }

  // ---- moving about ----

  function turnTo(number, push = true) {
    const sheet = sheets[number - 1];
    if (!sheet || sheet === current) return;
    spend();
    current = sheet;
    box.replaceChildren(...sheet.content);
    notice("newer");
    draw();
    if (push) history.pushState({ number }, "", `${base}/q/${number}`);
    scrollTo(0, 0);
    box.querySelector("#question").focus({ preventScroll: true });
  }

  /** Count the time the question was on the screen. */
  function spend() {
    const now = performance.now();
    if (!document.hidden) current.seconds += (now - since) / 1000;
    since = now;
  }

  addEventListener("popstate", (event) => event.state?.number && turnTo(event.state.number, false));

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (over || !button) return;
    if (button === flagButton) return flag();
    if (button.value === "submit") return toSubmit();
    turnTo({ next: current.number + 1, previous: current.number - 1 }[button.value] ?? Number(button.value));
  });

  /** The next page says what is saved, so what waits goes first; without a connection it has to wait. */
  async function toSubmit() {
    const done = outbox.flush();
    showSaved("Saving…");
    if (await done) location.assign(`${base}/submit`);
    else {
      const text = `${tooOften ? "Not saved yet." : "Waiting for connection."} You can submit once your answers are saved.`;
      notice("submit", text);
      say(text);
    }
  }

  function toResult() {
    over = true;
    clock.stop();
    outbox.forget();
    location.assign(`${base}/result`);
  }

  // ---- answering ----

  box.addEventListener("change", (event) => {
    if (event.target.name !== "choice" || over || asleep) return;
    spend();
    current.choice = event.target.value;
    current.look += 1;
    send(current);
    draw();
  });

  function send(sheet) {
    outbox.put(`${sheet.number} choice`, {
      position: sheet.number,
      look: sheet.look,
      choice: sheet.choice,
      seconds: Math.round(sheet.seconds),
    });
  }

  function flag() {
    if (asleep) return;
    current.flagged = !current.flagged;
    current.flagLook += 1;
    outbox.put(`${current.number} flag`, {
      position: current.number,
      look: current.flagLook,
      flag: current.flagged ? "on" : "off",
    });
    draw();
  }

  // 1–4 and A–D, while the focus is in the options.
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.name !== "choice") return;
    const place = /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : event.key.toLowerCase().charCodeAt(0) - 97;
    const input = event.key.length === 1 ? inputs(current)[place] : undefined;
    if (!input) return;
    event.preventDefault();
    input.focus();
    if (!input.checked) input.click();
  });

  /** What this tab could not send before it was loaded anew. */
  function takeFromOutbox() {
    for (const change of outbox.changes) {
      const sheet = sheets[change.position - 1];
      if (!sheet) continue;
      if (change.flag && change.look > sheet.flagLook) {
        [sheet.flagged, sheet.flagLook] = [change.flag === "on", change.look];
      } else if (change.choice && change.look > sheet.look) [sheet.choice, sheet.look] = [change.choice, change.look];
    }
  }

  // ---- what became of it ----

  function saved(answer, late) {
    clock.set(answer.left);
    const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    showSaved(`Saved ${time}`, "ok");
    if (!late) return;
    const text = `${tooOften ? "" : "Back online. "}${late} ${late === 1 ? "answer" : "answers"} saved.`;
    notice("offline", text);
    notice("submit");
    say(text);
  }

  function failed(wait) {
    showSaved("Not saved – trying again", "warn", true);
    tooOften = wait > 0;
    const why = navigator.onLine ? "Your answers cannot be saved at the moment." : "You're offline.";
    const text = tooOften
      ? `Too much was sent in a short time. Keep answering, this tab saves your answers in ${inWords(wait)}. The clock is still running.`
      : `${why} Keep answering, this tab keeps your answers. The clock is still running.`;
    if (notices.querySelector("[data-notice=offline]")?.textContent === text) return;
    notice("offline", text);
    say(text);
  }

  /** Another page saved later: its answer is shown, and the next choice here comes after it. */
  function newer(change, answer) {
    clock.set(answer.left);
    const sheet = sheets[change.position - 1];
    if (change.flag) [sheet.flagged, sheet.flagLook] = [answer.value.includes("on"), answer.look];
    else [sheet.choice, sheet.look] = [answer.value[0] ?? "", answer.look];
    draw();
    const where = sheet === current ? "" : ` Question ${sheet.number}:`;
    notice("newer", `Updated from your other tab.${where} The newer answer is shown.`);
    say("Updated from your other tab.");
    showSaved("Saved", "ok");
  }

  function refused(status) {
    showSaved("Not saved", "warn", true);
    if (status === 404) return location.reload(); // no longer ours: the server says what is the matter
    notice("refused", "That change was not accepted and is not saved. Load this page again to go on.");
  }

  // ---- time ----

  async function timeIsUp() {
    if (over) return;
    over = true;
    for (const input of form.querySelectorAll("input, button")) input.disabled = true;
    document.getElementById("alarm").textContent = "Time is up. Your exam has been submitted.";
    notice("over", "Time is up. Your exam has been submitted.");
    // What is on its way is still taken for a while; looking at the result would close the exam before.
    const end = performance.now() + (Number(form.dataset.grace) - 5) * 1000;
    while (outbox.size && performance.now() < end) {
      await outbox.flush();
      await new Promise((go) => setTimeout(go, 250));
    }
    channel.close();
    if (!navigator.onLine) {
      notice("offline", "You're offline. What was saved counts. Your result shows when you are back online.");
      await new Promise((go) => addEventListener("online", go, { once: true }));
    }
    location.assign(`${base}/result`);
  }

  async function resync() {
    try {
      const response = await fetch(`${base}/left`, { headers: { Accept: "application/json" } });
      const answer = await response.json();
      if (answer.over) toResult();
      else clock.set(answer.left);
    } catch {
      // Offline: this page's stopwatch goes on.
    }
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return spendUntilHidden();
    since = performance.now();
    resync();
  });

  function spendUntilHidden() {
    current.seconds += (performance.now() - since) / 1000;
    since = performance.now();
  }

  // Back from another page: the server may know more than what the browser kept.
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  // ---- the bar ----

  const sayTime = () => say(clock.left === Infinity ? "No time limit." : `${minutes(clock.minutes)} left.`);
  form.querySelector("[data-say-time]").addEventListener("click", sayTime);
  form.querySelector("[data-hide-time]").addEventListener("click", () => clock.toggle());
  form.querySelector(".exam-bar").addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "t" && !event.ctrlKey && !event.metaKey && !event.altKey) sayTime();
    const menu = event.target.closest("details[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  form.querySelector(".palette").addEventListener("click", (event) => {
    const name = event.target.closest("[data-filter]")?.dataset.filter;
    if (name) drawFilters(name);
  });
  form.querySelector(".exam-where a").addEventListener("click", (event) => {
    event.preventDefault();
    const palette = document.getElementById("palette");
    palette.scrollIntoView({ block: "start" });
    palette.focus({ preventScroll: true });
  });

  // ---- two tabs: the one that was opened last, or chosen, has the exam ----

  channel.addEventListener("message", (event) => {
    if (event.data === me || over) return;
    asleep = true;
    for (const input of [...sheets.flatMap(inputs), flagButton]) input.disabled = true;
    const use = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: "Use this tab instead" });
    use.addEventListener("click", () => outbox.flush().then(() => location.reload()));
    notice("tab", "This exam is open in another tab.", use);
    say("This exam is open in another tab.");
  });
  form.dataset.enhanced = "";
  for (const sheet of sheets) sheet.content = contentOf(sheet);
  takeFromOutbox();
  draw();
  history.replaceState({ number: current.number }, "");
  channel.postMessage(me);
}

// ---- the page before submitting ----

function beforeSubmit(page) {
  const send = page.querySelector("[data-submit]");
  const button = send.querySelector("button");
  const waiting = send.querySelector("[data-waiting]");
  const base = `/attempts/${page.dataset.attempt}`;
  const words = button.textContent;

  const clock = new Clock(document.querySelector("[data-clock]"), {
    words: (n) => say(n === 1 ? "1 minute left. Your answers are saved." : `${minutes(n)} left.`),
    over: () => {
      document.getElementById("alarm").textContent = "Time is up. Your exam has been submitted.";
      location.assign(`${base}/result`);
    },
  });
  setInterval(() => {
    const left = page.querySelector("[data-minutes]");
    if (left && clock.left !== Infinity) left.textContent = minutes(clock.minutes);
  }, 1000);

  send.addEventListener("submit", (event) => {
    if (navigator.onLine) return sessionStorage.removeItem(`exam ${base}/save`);
    event.preventDefault();
    button.textContent = "Waiting for connection…";
    waiting.hidden = false;
    say(waiting.textContent.trim());
    addEventListener("online", () => send.requestSubmit(button), { once: true });
  });
  addEventListener("pageshow", () => {
    button.textContent = words;
    waiting.hidden = true;
  });
}

if (form) sit();
const page = document.querySelector("[data-submit-page]");
if (page) beforeSubmit(page);
