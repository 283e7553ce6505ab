// Makes the engine ready: takes the module and the worker's source out of the page's inert blocks,
// checks them against the digests pinned in this script, and compiles the module once.
//
// The policy of hashes does not cover inert blocks. The pins do: a block that was changed after the
// build is refused.

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

async function sha256(text: string): Promise<string> {
  // `subtle` is missing where the browser does not trust the origin, such as plain http.
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (!subtle) throw new BootError("no_digest", "crypto.subtle");
  const digest = await subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function pinned(id: string, pin: string): Promise<string> {
  const text = block(id);
  const found = await sha256(text);
  if (found !== pin) throw new BootError("changed", `#${id}: ${found} ≠ ${pin}`);
  return text;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

async function compile(base64: string): Promise<WebAssembly.Module> {
  const packed = new Blob([bytesOf(base64)]).stream();
  const wasm = await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  try {
    return await WebAssembly.compile(wasm);
  } catch (error) {
    throw new BootError("no_wasm", String(error));
  }
}

/** Checks and compiles the engine. Rejects with a `BootError`. */
export async function boot(): Promise<Program> {
  const worker = await pinned("worker", WORKER_SHA256);
  const module = await compile(await pinned("engine", ENGINE_SHA256));
  const workerUrl = URL.createObjectURL(new Blob([worker], { type: "text/javascript" }));
  return { module, workerUrl };
}
