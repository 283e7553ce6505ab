// The page as it was served, put together again of what stands in it: nothing is asked for. xtask/src/pack.rs
// makes the page of the same outline.
//
// Additions to a browser put styles and scripts of their own into pages. The page's policy names the
// hashes of those that are its own.

import { block } from "../engine/boot";
import { unpackedText } from "./packed";
import type { PageParts } from "./shell";

async function hash(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return `'sha256-${btoa(String.fromCharCode(...digest))}'`;
}

/** The one of some texts that the policy knows. */
async function own(texts: readonly string[], policy: string): Promise<string> {
  for (const text of texts) if (policy.includes(await hash(text))) return text;
  throw new Error("#outline");
}

const attribute = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

/** The page's markup, to the byte. Rejects where something in it was changed. */
export async function served({ styles, scripts, frame, engine, engineBytes }: PageParts): Promise<string> {
  const policy = block("policy");
  const style = await own(styles, policy);
  const script = await own(scripts, policy);
  const outline = await unpackedText("outline");
  const parts = [policy, style, attribute(frame), script, engineBytes, engine, "\n"];
  return outline
    .split("\n")
    .map((piece, at) => piece + (parts[at] ?? ""))
    .join("");
}
