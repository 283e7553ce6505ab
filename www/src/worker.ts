// The worker: hears a call, has it done, and sends the answer. A trap of the engine is said to be fatal.

import { handlers } from "./engine/calls";
import type { CallName, Place, Reply, Request } from "./engine/protocol";

// Often enough for a bar that moves, seldom enough to cost nothing.
const PROGRESS_MS = 100;

const send = (reply: Reply, transfer: Transferable[] = []) => self.postMessage(reply, { transfer });

async function answer<K extends CallName>({ id, call, ask }: Request<K>): Promise<void> {
  let told = 0;
  const progress = (bytes: number) => {
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    send({ id, kind: "progress", bytes });
  };
  const value = await handlers[call](ask, progress);
  send({ id, kind: "answer", answer: value }, buffersOf(value));
}

/** Buffers move to the page, they are not copied. */
function buffersOf(value: unknown): Transferable[] {
  const parts: unknown[] = Array.isArray(value) ? value : [];
  return parts.filter((part) => part instanceof Uint8Array).map(({ buffer }) => buffer as ArrayBuffer);
}

self.onmessage = async ({ data }: MessageEvent<Request>) => {
  try {
    await answer(data);
  } catch (error) {
    const fatal = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
    const { ja, place } = error as { readonly ja?: string; readonly place?: Place };
    const message = error instanceof Error ? error.message : String(error);
    send({ id: data.id, kind: "error", message, ja, place, fatal });
  }
};
