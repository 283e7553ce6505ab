// What crosses between the page and its workers, said once: the engine's values and the calls.
//
// The report's own types come from the Rust types (src/wire/report.d.ts). A survey and a plan are
// the engine's business: the page reads the few fields named here and hands the rest back as is.

import type { Evidence, Text } from "../wire/report";

/** What the user set; the engine knows further thresholds. */
export interface Settings {
  zone?: string;
  log_formats?: string[];
  since?: string;
  until?: string;
  [threshold: string]: unknown;
}

/** What one look at a file told. `fault`: why it cannot be read, where it cannot. */
export interface Survey {
  readonly fault: { readonly kind: string; readonly what: string } | null;
}

/** A piece of work for one worker. `bytes` weighs it for the progress shown. */
export interface Job {
  readonly id: number;
  readonly kind: "scan" | "digest";
  readonly source: number;
  readonly stream: number;
  readonly start: number;
  readonly end: number;
  readonly bytes: number;
}

/** All work of a check. `given` is the place in the list of surveys. */
export interface Plan {
  readonly sources: readonly { id: number; given: number; name: string; size: number }[];
  readonly jobs: readonly Job[];
}

/** A detection as it describes itself. */
export interface Card {
  readonly id: string;
  readonly name: Text;
  readonly what: Text;
  readonly why: Text;
  readonly innocent: Text;
  readonly needs: Text;
  readonly attack: readonly string[];
  readonly severity: string;
}

/** A log format as it describes itself. */
export interface FormatCard {
  readonly id: string;
  readonly name: string;
  readonly what: Text;
  readonly example: string;
}

/** A line around a record, read from the file again. */
export interface ContextLine {
  readonly line_text: string;
  readonly offset: number;
  readonly is_target: boolean;
}

/** What the engine can read and look for. */
export interface Catalogue {
  readonly formats: readonly FormatCard[];
  readonly detections: readonly Card[];
}

/** A job that failed twice. */
export interface LostJob {
  readonly job: number;
  readonly message: string;
}

/** Some items of a long part of the report, as JSON. */
export interface Piece {
  readonly part: "sources" | "findings" | "entities" | "unparsed";
  readonly text: string;
}

/** A report's text, and the same cut into pieces that are each quick to parse. */
export interface Parcel {
  /** A Blob, because that crosses to the page without being copied. */
  readonly json: Blob;
  readonly head: string;
  readonly pieces: readonly Piece[];
}

/** Every call that a worker answers: what is asked, and what comes back. */
export interface Calls {
  init: { ask: { module: WebAssembly.Module }; answer: Catalogue };
  checkSettings: { ask: { settings: Settings }; answer: void };
  survey: { ask: { name: string; file: Blob; settings: Settings }; answer: Survey };
  plan: {
    ask: { settings: Settings; surveys: Survey[]; cutBytes: number | undefined; cutSeed: number | undefined };
    answer: Plan;
  };
  begin: { ask: { plan: Plan }; answer: void };
  run: { ask: { job: number; file: Blob }; answer: void };
  take: { ask: object; answer: Uint8Array };
  conclude: { ask: { partials: Uint8Array[]; lost: LostJob[]; files: Blob[] }; answer: Parcel };
  rows: { ask: { finding: string; files: Blob[]; limit: number }; answer: Evidence[] };
  context: {
    ask: { plan: Plan; stream: number; file: Blob; offset: number; length: number; lines: number };
    answer: ContextLine[];
  };
  exportAs: { ask: { form: "html" | "csv"; language: "en" | "ja" }; answer: string };
}

export type CallName = keyof Calls;
export type Asked<K extends CallName> = Calls[K]["ask"];
export type Answered<K extends CallName> = Calls[K]["answer"];

/** A call on its way to a worker. */
export interface Request<K extends CallName = CallName> {
  readonly id: number;
  readonly call: K;
  readonly ask: Asked<K>;
}

/** What a worker sends. `fatal`: the instance trapped and must be replaced. */
export type Reply =
  | { readonly id: number; readonly kind: "answer"; readonly answer: unknown }
  | { readonly id: number; readonly kind: "progress"; readonly bytes: number }
  | { readonly id: number; readonly kind: "error"; readonly message: string; readonly fatal: boolean };
