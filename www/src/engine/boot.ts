// Makes the engine ready: takes the worker's source out of its inert block, and the module, packed,
// from the outer page, whose inert block it was; checks them against the digests pinned in this
// script, and has a worker unpack and compile the module, once.
//
// The policy of hashes does not cover inert blocks. The pins do: a block that was changed after the
// build is refused.

import { unpackedText } from "../lib/packed";
import type { Reply, Request } from "./protocol";

const ENGINE_SHA256 = "__ENGINE_SHA256__";
const WORKER_SHA256 = "__WORKER_SHA256__";

/** What every worker starts from. */
export interface Program {
  readonly module: WebAssembly.Module;
  readonly workerUrl: string;
}

/** Why the engine cannot start, as a name that the page puts into words. */
export class BootError extends Error {
  constructor(
    readonly kind: "no_digest" | "changed" | "no_wasm",
    readonly detail: string,
  ) {
    super(`${kind}: ${detail}`);
  }
}

/** The text of an inert block. */
export function block(id: string): string {
  return document.getElementById(id)?.textContent ?? "";
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // `subtle` is missing where the browser does not trust the origin, such as plain http.
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (!subtle) throw new BootError("no_digest", "crypto.subtle");
  const digest = await subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function check(id: string, bytes: Uint8Array<ArrayBuffer>, pin: string): Promise<void> {
  const found = await sha256(bytes);
  if (found !== pin) throw new BootError("changed", `#${id}: ${found} ≠ ${pin}`);
}

/** Has a worker unpack and compile the engine, which takes too long for a page that is looked at. */
class Compiler {
  readonly #worker: Worker;

  constructor(workerUrl: string) {
    this.#worker = new Worker(workerUrl);
  }

  compile(packed: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
    return new Promise<WebAssembly.Module>((resolve, reject) => {
      const fail = (why: string) => reject(new BootError("no_wasm", why));
      this.#worker.onerror = (event) => {
        event.preventDefault();
        fail(event.message);
      };
      this.#worker.onmessage = ({ data }: MessageEvent<Reply>) => {
        if (data.kind === "answer") resolve(data.answer as WebAssembly.Module);
        if (data.kind === "error") fail(data.message);
      };
      const request: Request<"unpack"> = { id: 0, call: "unpack", ask: { packed } };
      this.#worker.postMessage(request, [packed.buffer]);
    }).finally(() => this.#worker.terminate());
  }
}

/** Checks and compiles the engine, which `fetched` brings packed. Rejects with a `BootError`. */
export async function boot(fetched: Promise<Uint8Array<ArrayBuffer>>): Promise<Program> {
  const worker = await unpackedText("worker");
  await check("worker", new TextEncoder().encode(worker), WORKER_SHA256);
  const workerUrl = URL.createObjectURL(new Blob([worker], { type: "text/javascript" }));
  // It starts while the engine is on its way.
  const compiler = new Compiler(workerUrl);
  const packed = await fetched;
  await check("engine", packed, ENGINE_SHA256);
  return { module: await compiler.compile(packed), workerUrl };
}
