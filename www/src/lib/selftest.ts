// The live proof: tries to send something to a made-up address in every way that a page has, and
// tells what stopped it. Nothing here counts as stopped unless the browser itself said that the
// policy stopped it, or the way does not exist in this page.

const HOST = "leak-test.invalid";

/** How an attempt ended. `unproven`: it failed, but no word came from the policy. */
export type Verdict = "stopped" | "absent" | "unproven" | "through";

export interface Attempt {
  readonly way: string;
  readonly verdict: Verdict;
  readonly detail: string;
}

// Time that a violation event may take to arrive after the attempt was refused.
const GRACE_MS = 400;
const LIMIT_MS = 4_000;

type Try = (url: string) => Promise<unknown>;

const settle = (target: EventTarget, good: string) =>
  new Promise<void>((resolve, reject) => {
    target.addEventListener(good, () => resolve());
    target.addEventListener("error", () => reject(new Error("error")));
  });

const TRIES: readonly (readonly [way: string, scheme: string, attempt: Try])[] = [
  ["fetch", "https", (url) => fetch(url, { mode: "no-cors" })],
  [
    "XMLHttpRequest",
    "https",
    (url) => {
      const request = new XMLHttpRequest();
      request.open("GET", url);
      const settled = settle(request, "load");
      request.send();
      return settled;
    },
  ],
  ["WebSocket", "wss", (url) => settle(new WebSocket(url), "open")],
  ["EventSource", "https", (url) => settle(new EventSource(url), "open")],
  [
    "sendBeacon",
    "https",
    async (url) => {
      // True only says that it was queued; whether it was let out, the policy says.
      if (!navigator.sendBeacon(url, "x")) throw new Error("refused");
      await new Promise((resume) => setTimeout(resume, GRACE_MS));
    },
  ],
  [
    "image",
    "https",
    (url) => {
      const image = new Image();
      const settled = settle(image, "load");
      image.src = url;
      return settled;
    },
  ],
];

/** Tries every way in turn and reports each as it ends. */
export async function selfTest(report: (attempt: Attempt) => void): Promise<void> {
  for (const [way, scheme, attempt] of TRIES)
    report(await tryOne(way, `${scheme}://${HOST}/${way}`, attempt));
  report(await tryInWorker());
  for (const way of ["RTCPeerConnection", "WebTransport"]) report(absent(way));
}

function absent(way: string): Attempt {
  const present = way in globalThis;
  return { way, verdict: present ? "through" : "absent", detail: "" };
}

async function tryOne(way: string, url: string, attempt: Try): Promise<Attempt> {
  const violation = nextViolation(url);
  let detail = "";
  let refused = false;
  try {
    await Promise.race([attempt(url), rejectAfter(LIMIT_MS)]);
  } catch (error) {
    refused = true;
    detail = error instanceof Error ? error.message : String(error);
  }
  const directive = await violation;
  if (directive) return { way, verdict: "stopped", detail: directive };
  return { way, verdict: refused ? "unproven" : "through", detail };
}

/** The directive that stopped `url`, or nothing when no word of it came in time. */
function nextViolation(url: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const done = (directive?: string) => {
      document.removeEventListener("securitypolicyviolation", hear);
      resolve(directive);
    };
    const hear = ({ blockedURI, effectiveDirective }: SecurityPolicyViolationEvent) => {
      if (blockedURI !== "" && (blockedURI.startsWith(url) || url.startsWith(blockedURI)))
        done(effectiveDirective);
    };
    document.addEventListener("securitypolicyviolation", hear);
    setTimeout(done, LIMIT_MS + GRACE_MS);
  });
}

const rejectAfter = (ms: number) =>
  new Promise<never>((_, reject) => setTimeout(() => reject(new Error("no answer")), ms));

// Runs inside a worker of its own, which the policy must bind as well.
const IN_WORKER = `
  const url = "https://${HOST}/worker";
  let directive, error = "";
  self.addEventListener("securitypolicyviolation", (event) => { directive = event.effectiveDirective; });
  fetch(url, { mode: "no-cors" })
    .then(() => "through", (caught) => { error = String(caught); return "refused"; })
    .then((end) => setTimeout(() => postMessage({ end, directive, error }), ${GRACE_MS}));
`;

async function tryInWorker(): Promise<Attempt> {
  const way = "worker: fetch";
  const url = URL.createObjectURL(new Blob([IN_WORKER], { type: "text/javascript" }));
  const worker = new Worker(url);
  try {
    const answer = new Promise<MessageEvent>((resolve, reject) => {
      worker.onmessage = resolve;
      worker.onerror = (event) => reject(new Error(event.message));
    });
    const { data } = await Promise.race([answer, rejectAfter(LIMIT_MS)]);
    if (data.directive) return { way, verdict: "stopped", detail: String(data.directive) };
    return { way, verdict: data.end === "through" ? "through" : "unproven", detail: String(data.error) };
  } catch (error) {
    return { way, verdict: "unproven", detail: String(error) };
  } finally {
    worker.terminate();
    URL.revokeObjectURL(url);
  }
}
