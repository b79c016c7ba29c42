// Sends what a form holds to the server as it changes, and keeps trying while that fails.

const PAUSE = 300; // ms of quiet before a save
const RETRY = [1, 2, 4, 8, 15]; // seconds; the last one repeats

/**
 * `fields` reads the form as it is now, with the `sequence` of the last save. `onState` hears
 * "failed" once, then "saved" once it works again. `onKept` writes the server's answer,
 * {attempt, sequence}, into the form.
 */
export function createSaver({ url, fields, onState, onKept }) {
  let waiting; // timer of the next save
  let dirty = false; // something changed since the last request was made
  let sending = false;
  let stopped = false;
  let failures = 0;
  let highest = 0; // sequence number used last, answered or not

  function changed() {
    dirty = true;
    // While saving fails, the pace of the retries holds.
    if (!failures) later(PAUSE);
  }

  function later(wait) {
    clearTimeout(waiting);
    if (!stopped) waiting = setTimeout(send, wait);
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
    if (response.status >= 500) return failed();
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

  function failed() {
    dirty = true;
    failures += 1;
    if (failures === 1) onState("failed");
  }

  const retryWait = () => RETRY[Math.min(failures, RETRY.length) - 1] * 1000;

  function stop() {
    stopped = true;
    clearTimeout(waiting);
  }

  addEventListener("online", send);
  addEventListener("pagehide", () => {
    if (dirty && !stopped) post().catch(() => {});
  });

  return { changed, stop };
}
