// Texts that stand in the page packed: deflated, and the bytes as septets. xtask/src/pack.rs makes
// them.

import { bytesOf } from "./septets";

/** The text that an inert block holds packed. */
export async function unpackedText(id: string): Promise<string> {
  const block = document.getElementById(id);
  const bytes = bytesOf(block?.textContent ?? "", Number(block?.dataset["bytes"]));
  const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(text).text();
}
