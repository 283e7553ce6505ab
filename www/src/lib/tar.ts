// Files in one: a tar archive (POSIX ustar), which every system opens. Without times, so that the same
// files give the same bytes.

const BLOCK = 512;
const MODE = "0000644\0";

interface Named {
  readonly name: string;
  readonly file: Blob;
}

function head({ name, file }: Named): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string) => block.set(new TextEncoder().encode(text), at);
  put(0, name);
  put(100, MODE);
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, `${file.size.toString(8).padStart(11, "0")}\0`);
  put(136, "00000000000\0");
  put(148, " ".repeat(8));
  put(156, "0");
  put(257, "ustar\0" + "00");
  const sum = block.reduce((all, byte) => all + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}

/** Puts files into an archive. Names have 100 bytes at most. */
export function tar(files: readonly Named[]): Blob {
  const parts: BlobPart[] = [];
  for (const one of files) {
    const rest = (BLOCK - (one.file.size % BLOCK)) % BLOCK;
    parts.push(head(one), one.file, new Uint8Array(rest));
  }
  return new Blob([...parts, new Uint8Array(2 * BLOCK)], { type: "application/octet-stream" });
}
