// The worker: hears a call, has it done, and sends the answer. A trap of the engine is said to be fatal.

import { handlers } from "./engine/calls";
import type { CallName, Reply, Request } from "./engine/protocol";

// Often enough for a bar that moves, seldom enough to cost nothing.
const PROGRESS_MS = 100;

const send = (reply: Reply, transfer: Transferable[] = []) => self.postMessage(reply, { transfer });

function answer<K extends CallName>({ id, call, ask }: Request<K>): void {
  let told = 0;
  const progress = (bytes: number) => {
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    send({ id, kind: "progress", bytes });
  };
  const value = handlers[call](ask, progress);
  send({ id, kind: "answer", answer: value }, value instanceof Uint8Array ? [value.buffer] : []);
}

self.onmessage = ({ data }: MessageEvent<Request>) => {
  try {
    answer(data);
  } catch (error) {
    const fatal = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
    send({
      id: data.id,
      kind: "error",
      message: error instanceof Error ? error.message : String(error),
      fatal,
    });
  }
};
