// Reads ranges of files ahead of the engine, into one buffer that is used again and again.
//
// The engine can read files itself, but each of those reads leaves a buffer behind, and a busy
// worker collects them late. A stream that fills a buffer of the reader's leaves none.

/** Bytes read ahead at most. */
export const AHEAD_BYTES = (16 << 20) + (64 << 10);

// A browser that brings nothing for so long is asked in the other way from then on.
const STALLED_MS = 5_000;

export class Ahead {
  #room = new ArrayBuffer(0);
  #works = true;

  /** The bytes of a range, as many of them as there is room for. None where that does not work. */
  async read(file: Blob, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    const length = Math.min(to - from, AHEAD_BYTES);
    if (!this.#works) return new Uint8Array();
    if (this.#room.byteLength < length) this.#room = new ArrayBuffer(AHEAD_BYTES);
    try {
      return await this.#fill(file.slice(from, from + length), length);
    } catch {
      // Whatever is the matter with the file, the engine meets it again and reports it.
      this.#works = false;
      this.#room = new ArrayBuffer(0);
      return new Uint8Array();
    }
  }

  async #fill(part: Blob, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const reader = part.stream().getReader({ mode: "byob" });
    let filled = 0;
    while (filled < length) {
      const { value, done } = await inTime(reader.read(new Uint8Array(this.#room, filled, length - filled)));
      // The buffer is handed to and fro: each time it is another object with the same memory.
      if (value) this.#room = value.buffer;
      if (done) break;
      filled += value.byteLength;
    }
    return new Uint8Array(this.#room, 0, filled);
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer = 0;
  const stalled = new Promise<never>((_, reject) => {
    timer = self.setTimeout(() => reject(new Error("stalled")), STALLED_MS);
  });
  try {
    return await Promise.race([work, stalled]);
  } finally {
    clearTimeout(timer);
  }
}
