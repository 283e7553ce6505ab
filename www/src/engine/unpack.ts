// Unpacks the engine, in a worker: a small module, www/unpack, does what browsers have no call for.

interface Unpacker {
  readonly memory: WebAssembly.Memory;
  give(length: number): number;
  unpack(): number;
  unpacked(): number;
}

/** The engine, compiled. */
export function unpacked(packed: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  const code = Uint8Array.from(atob(UNPACKER), (character) => character.charCodeAt(0));
  const unpacker = new WebAssembly.Instance(new WebAssembly.Module(code)).exports as unknown as Unpacker;
  const place = unpacker.give(packed.length);
  new Uint8Array(unpacker.memory.buffer, place, packed.length).set(packed);
  const length = unpacker.unpack();
  return new WebAssembly.Module(new Uint8Array(unpacker.memory.buffer, unpacker.unpacked(), length));
}
