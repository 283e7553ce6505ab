// Bytes that stand in the page as text, seven bits in every character. xtask/src/septets.rs writes
// them and says how.

// What stands in the upper half of a character from U+0100 on.
const AVOIDED = [0, 0, 0x00, 0x0d, 0x3c];

/** The bytes of a text, as many as there were. What else the text holds is left out. */
export function bytesOf(text: string, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let held = 0;
  let bits = 0;
  let filled = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 128) {
      held = (held << 7) | code;
      bits += 7;
    } else {
      held = (held << 14) | ((AVOIDED[code >> 7] ?? 0) << 7) | (code & 127);
      bits += 14;
    }
    while (bits >= 8) bytes[filled++] = held >> (bits -= 8);
  }
  return bytes;
}
