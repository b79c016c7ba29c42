// What every page can do with script. Without it each of these is an ordinary link or form.

const SPEAK_AFTER = 60; // ms; a live region that is emptied first is read again even when the text is the same
const ARRIVE_AFTER = 300; // ms; screen readers miss what changes while a page is still loading

let speaking;

/** Let screen readers say a text. The last one wins, so call it once per action. */
export function say(text) {
  const live = document.getElementById("live");
  if (!live) return;
  clearTimeout(speaking);
  live.textContent = "";
  speaking = setTimeout(() => {
    live.textContent = text;
  }, SPEAK_AFTER);
}

// ---- what a page that saves by itself is told when it saves too often ----

/** The seconds to wait where the server says so, else 0. */
export const secondsToWait = ({ status, headers }) => (status === 429 ? Number(headers.get("Retry-After")) || 60 : 0);

/** A time to wait as people say it. */
export function inWords(seconds) {
  const [number, unit] = seconds > 60 ? [Math.ceil(seconds / 60), "minute"] : [seconds, "second"];
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}

// ---- where to start on a page that answers a form ----

function arrive() {
  const asked = document.querySelector("[data-focus]")?.dataset.focus;
  const target = [...document.querySelectorAll(asked || "[data-focus-now]")].find((found) => found.checkVisibility());
  target?.focus();
  const words = document.querySelector("[data-announce]")?.dataset.announce;
  if (words) setTimeout(() => say(words), ARRIVE_AFTER);
}

// ---- theme ----

function enhanceTheme(form) {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const present = () => root.dataset.theme || (system.matches ? "dark" : "light");

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const theme = event.submitter?.value || (present() === "dark" ? "light" : "dark");
    const fields = new URLSearchParams(new FormData(form));
    fields.set("theme", theme);
    root.dataset.theme = theme;
    const setting = document.querySelector("select[name=theme]"); // on the settings page
    if (setting) setting.value = theme;
    // The button that was pressed is hidden now; its counterpart takes over.
    [...form.querySelectorAll("button")].find((button) => button.checkVisibility())?.focus();
    fetch(form.action, { method: "POST", body: fields, redirect: "manual", keepalive: true }).catch(() => {});
  });
}

// ---- the time zone goes along with the first form ----

function tellZone(event) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || event.target.method !== "post") return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `zone=${zone}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

// ---- menu ----

function enhanceMenu(menu) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// ---- the key / leads to the search ----

function enhanceSearch() {
  const typing = "input, select, textarea, [contenteditable]";
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest(typing)) return;
    event.preventDefault();
    const field = document.querySelector("form[role=search] input[type=search]");
    field?.focus();
    field?.select();
    if (!field) location.assign("/search");
  });
}

// ---- table of contents: mark the section being read ----

function enhanceContents(links) {
  const sections = links
    .map((link) => ({ link, heading: document.getElementById(decodeURIComponent(link.hash.slice(1))) }))
    .filter(({ heading }) => heading);
  const belowHeader = 160; // px
  let waiting = false;

  function mark() {
    waiting = false;
    const read = sections.filter(({ heading }) => heading.getBoundingClientRect().top < belowHeader);
    const current = read.at(-1) ?? sections[0];
    for (const { link } of sections) link.removeAttribute("aria-current");
    current?.link.setAttribute("aria-current", "true");
  }

  addEventListener(
    "scroll",
    () => {
      if (!waiting) requestAnimationFrame(mark);
      waiting = true;
    },
    { passive: true },
  );
  mark();
}

// ---- quick checks: the server's answer takes the place of the question ----

async function swap(form, request, focusOn) {
  const response = await fetch(...request);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const answer = page.getElementById(form.id);
  if (!answer) throw new Error(`no #${form.id} in the answer`);
  form.replaceWith(answer);
  answer.querySelector(focusOn)?.focus();
}

function enhanceQuickChecks() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-quick]")) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    // Offline, or an answer of another kind: let the browser do what it would have done.
    swap(form, [form.action, { method: "POST", body }], "[data-verdict]").catch(() => form.submit());
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("form[data-quick] a[data-again]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    swap(link.closest("form"), [link.href], "input:not([type=hidden])").catch(() => location.assign(link.href));
  });
}

// ---- a button that copies what stands beside it ----

function enhanceCopy(button) {
  const words = button.textContent;
  button.hidden = !navigator.clipboard; // browsers have none where a page does not come over TLS
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = words;
    }, 2000);
  });
}

const contents = [...document.querySelectorAll(".toc-side a[href^='#']")];
if (contents.length) enhanceContents(contents);
document.addEventListener("submit", tellZone, true);
document.querySelectorAll("form[data-theme-form]").forEach(enhanceTheme);
document.querySelectorAll("details.menu").forEach(enhanceMenu);
document.querySelectorAll("button[data-copy]").forEach(enhanceCopy);
enhanceQuickChecks();
if (document.documentElement.dataset.keys !== "off") enhanceSearch();
// After all modules of the page have run: an exercise builds its board first.
addEventListener("DOMContentLoaded", arrive);
