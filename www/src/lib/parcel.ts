// Cuts a report's JSON into pieces that the page can parse one at a time, so that no piece holds
// up the main thread. Cutting happens in the worker, which may take its time.

import type { Parcel, Piece } from "../engine/protocol";
import type { Report } from "../wire/report";

// A piece of this length parses in a few milliseconds on a slow machine.
const PIECE_CHARS = 400_000;

/** The parts of a report that grow with the logs. */
const LONG = ["sources", "findings", "entities", "unparsed"] as const;

/** Cuts a report. `json` stays as the engine wrote it. */
export function parcel(json: string): Parcel {
  const report = JSON.parse(json) as Report;
  const pieces = LONG.flatMap((part) => [...piecesOf(part, report[part])]);
  const head = JSON.stringify({ ...report, sources: [], findings: [], entities: [], unparsed: [] });
  return { json: new Blob([json], { type: "application/json" }), head, pieces };
}

function* piecesOf(part: Piece["part"], items: readonly unknown[]): Generator<Piece> {
  let texts: string[] = [];
  let length = 0;
  for (const item of items) {
    const text = JSON.stringify(item);
    texts.push(text);
    length += text.length;
    if (length < PIECE_CHARS) continue;
    yield { part, text: `[${texts.join()}]` };
    texts = [];
    length = 0;
  }
  if (texts.length > 0) yield { part, text: `[${texts.join()}]` };
}

/** Puts a report together again, giving the page's events a turn after each piece. */
export async function unparcel({ head, pieces }: Parcel): Promise<Report> {
  const report = JSON.parse(head) as Report;
  for (const { part, text } of pieces) {
    // Each piece holds items of the part that it names.
    for (const item of JSON.parse(text) as never[]) report[part].push(item);
    await new Promise((resume) => setTimeout(resume));
  }
  return report;
}
