// The outer page: a thin shell around the sandboxed frame that holds the application.
//
// It does what the frame may not do itself (folder drops at file://) and offers what scripts use:
// `#files`, `window.sekisho`, `data-state`. It hands over the engine, which stands behind it in the
// document, so that the frame need not wait until all of that is read. It never looks into a file and draws nothing but the
// overlay that takes a drop.

import { chosen, gather, type Gathered } from "./lib/dropped";
import { bytesOf } from "./lib/septets";
import {
  HELLO,
  IS_ANYBODY_THERE,
  PORT,
  type Language,
  type ScriptOptions,
  type ToFrame,
  type ToOuter,
} from "./lib/shell";
import type { Report } from "./wire/report";

const root = document.documentElement;
const frame = document.getElementById("app") as HTMLIFrameElement;
const input = document.getElementById("files") as HTMLInputElement;

const DROP_HERE: Record<Language, string> = {
  en: "Drop files or folders to check them here, on this machine",
  ja: "ここにドロップすると、このパソコンの中だけで調べます",
};

let port: MessagePort | undefined;
const unsent: ToFrame[] = [];
let json: string | null = null;
let parsed: Report | null = null;
let tickets = 0;
/** Leaving would lose judgements. */
let isUnsaved = false;
const open = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();

function tell(message: ToFrame): void {
  if (port) port.postMessage(message);
  else unsent.push(message);
}

function settled(make: (ticket: number) => ToFrame): Promise<void> {
  const ticket = ++tickets;
  return new Promise((resolve, reject) => {
    open.set(ticket, { resolve, reject });
    tell(make(ticket));
  });
}

async function hear(message: ToOuter): Promise<void> {
  switch (message.kind) {
    case "state":
      root.dataset["state"] = message.state;
      return;
    case "language":
      root.lang = message.language;
      overlay.firstElementChild!.textContent = DROP_HERE[message.language];
      return;
    case "theme":
      root.dataset["theme"] = message.theme;
      return;
    case "unsaved":
      isUnsaved = message.is;
      return;
    case "drag":
      return show(true);
    case "engine":
      // What comes behind need not wait for it.
      return void handOverEngine();
    case "page":
      return void handOverPage();
    case "report":
      json = message.json ? await message.json.text() : null;
      parsed = null;
      return;
    case "settled": {
      const waiting = open.get(message.ticket);
      open.delete(message.ticket);
      if (message.error === null) waiting?.resolve();
      else waiting?.reject(new Error(message.error));
    }
  }
}

function connect(): void {
  const channel = new MessageChannel();
  port = channel.port1;
  // One after another: a report is there before it is said to be.
  let heard = Promise.resolve();
  port.onmessage = ({ data }: MessageEvent<ToOuter>) => {
    heard = heard.then(() => hear(data));
  };
  // The frame's origin is opaque, so no target origin can be named; the receiver is the frame alone.
  frame.contentWindow?.postMessage(PORT, "*", [channel.port2]);
  for (const message of unsent.splice(0)) port.postMessage(message);
  if (document.activeElement === document.body || document.activeElement === null) frame.focus();
}

addEventListener("message", ({ source, data }) => {
  if (source === frame.contentWindow && data === HELLO && !port) connect();
});
frame.contentWindow?.postMessage(IS_ANYBODY_THERE, "*");

const overlay = document.createElement("div");
overlay.id = "drop";
overlay.hidden = true;
overlay.append(document.createElement("p"));
document.body.append(overlay);

function show(visible: boolean): void {
  overlay.hidden = !visible;
}

function checkThese({ given, refused }: Gathered, isDropped: boolean): void {
  if (given.length + refused.length > 0) tell({ kind: "check", given, refused, isDropped });
}

// The browser asks in words of its own.
addEventListener("beforeunload", (event) => {
  if (isUnsaved) event.preventDefault();
});

addEventListener("dragenter", (event) => {
  event.preventDefault();
  if (event.dataTransfer?.types.includes("Files")) show(true);
});
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) show(false);
});
addEventListener("drop", (event) => {
  event.preventDefault();
  show(false);
  if (event.dataTransfer) void gather(event.dataTransfer).then((gathered) => checkThese(gathered, true));
});
input.addEventListener("change", () => {
  checkThese(chosen(input.files ?? []), false);
  input.value = "";
});

/** `#train=T1-7` in the address opens that case to practise on. */
const train = new URLSearchParams(location.hash.slice(1)).get("train");
if (train) tell({ kind: "train", name: train });

/** Resolves when the whole document has been read. */
const read = new Promise((resolve) => addEventListener("DOMContentLoaded", resolve));

async function handOverEngine(): Promise<void> {
  await read;
  const engine = document.getElementById("engine");
  const packed = bytesOf(engine?.textContent ?? "", Number(engine?.dataset["bytes"]));
  const checker = document.getElementById("checker")?.textContent ?? null;
  port?.postMessage({ kind: "engine", packed, checker } satisfies ToFrame, [packed.buffer]);
}

const textsOf = (selector: string) =>
  Array.from(document.querySelectorAll(selector), ({ textContent }) => textContent ?? "");

/** Hands over what the page is made of, so that a vendor can make a checker of it. */
async function handOverPage(): Promise<void> {
  await read;
  const engine = document.getElementById("engine");
  const parts = {
    styles: textsOf("style"),
    scripts: textsOf("script:not([type])"),
    frame: frame.getAttribute("srcdoc") ?? "",
    engine: engine?.textContent ?? "",
    engineBytes: engine?.dataset["bytes"] ?? "",
  };
  port?.postMessage({ kind: "page", parts } satisfies ToFrame);
}

/** What scripts use. */
const sekisho = {
  /** Checks files; resolves with the report, rejects when the check fails or is cancelled. */
  async check(files: Iterable<File>, options: ScriptOptions = {}): Promise<Report | null> {
    await settled((ticket) => ({ kind: "check", ...chosen(files), options, ticket }));
    return sekisho.report();
  },
  /** The report of the last check that finished. */
  report(): Report | null {
    return (parsed ??= json === null ? null : (JSON.parse(json) as Report));
  },
  /** The same, as the exact text. */
  reportJson: (): string | null => json,
  /** Stops the running check. */
  cancel: (): Promise<void> => settled((ticket) => ({ kind: "cancel", ticket })),
};

Object.defineProperty(window, "sekisho", { value: Object.freeze(sekisho) });
