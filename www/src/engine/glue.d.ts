// The engine as wasm-bindgen's no-modules glue offers it to the worker's script.

import type {
  AboutChecker,
  AskedQuestion,
  Card,
  CheckerPart,
  CheckerRole,
  ContextLine,
  Form,
  FormatCard,
  Judged,
  ListId,
  ListProblem,
  MappingId,
  Plan,
  Preview,
  ResultLevel,
  RollUpForm,
  RuleSetAbout,
  Settings,
  SignedChecker,
  Survey,
  TacticCard,
  WrongField,
} from "./protocol";
import type { Judgement } from "../wire/report";

declare global {
  /** The module that unpacks the engine, in base64. The build puts it in front of the worker. */
  const UNPACKER: string;

  namespace wasm_bindgen {
    function initSync(options: { module: WebAssembly.Module }): { readonly memory: WebAssembly.Memory };
    function check_settings(settings: Settings): void;
    function read_mapping(text: string): MappingId;
    function open_checker(block: string, page: string): [SignedChecker, CheckerPart[]];
    function make_key(random: Uint8Array): string;
    function fingerprint_of(key: string): string;
    function wrong_about(about: AboutChecker, logo?: Uint8Array): readonly WrongField[];
    function questions(): readonly AskedQuestion[];
    class CheckerMaker {
      constructor(key: string);
      add(role: CheckerRole, name: string, bytes: Uint8Array): void;
      /** Ends it. */
      make(html: string, about: AboutChecker, settings: Settings): [html: string, edition: string];
    }
    function generate(
      name: string,
      progress: (thousandths: number) => void,
    ): [path: string, bytes: Uint8Array<ArrayBuffer>][];
    function truth(name: string, progress: (thousandths: number) => void): string;
    function exercise_asked(name: string): string;
    function read_sheet(text: string): string;
    class Practice {
      constructor(name: string, progress: (thousandths: number) => void);
      hint(question: string, level: number): string;
      finish(sheet: string): [debrief: string, result: string];
      free(): void;
    }
    function class_of(
      names: readonly string[],
      texts: readonly string[],
      form: string,
      language: string,
    ): string;
    function holds_rules(file: Blob): boolean;
    function list_rules(rules: Uint8Array): string;
    function survey(
      name: string,
      size: number,
      modified: number | undefined,
      file: Blob,
      settings: Settings,
      passwords: readonly string[],
    ): Survey;
    function preview(
      name: string,
      modified: number | undefined,
      file: Blob,
      ordinal: number,
      path_inside: string | undefined,
      settings: Settings,
      passwords: readonly string[],
    ): Preview;
    function plan(
      settings: Settings,
      passwords: readonly string[],
      surveys: Survey[],
      cut_bytes?: number,
      cut_seed?: number,
    ): Plan;
    function context(
      plan: Plan,
      stream: number,
      file: Blob,
      offset: number,
      length: number,
      before: number,
      after: number,
    ): ContextLine[];
    function detections(): Card[];
    function formats(): FormatCard[];
    function tactics(): TacticCard[];

    function seal_result(text: string, to: string, random: Uint8Array): Uint8Array<ArrayBuffer>;
    function roll_up(
      names: readonly string[],
      files: readonly Uint8Array[],
      key: string | undefined,
      expected: string,
      form: RollUpForm,
      language: "en" | "ja",
    ): string;

    function inspect(names: readonly string[], files: readonly Blob[], own: readonly string[]): string;

    function holds_list(file: Blob): boolean;

    class IndicatorLists {
      read(name: string, bytes: Uint8Array): void;
      ids(): ListId[];
      refused(): ListProblem[];
      encode(): Uint8Array<ArrayBuffer>;
      private(salt: Uint8Array, progress: (digests: number) => void): string;
      free(): void;
    }

    class CompiledRules {
      constructor(settings: Settings, names: readonly string[], files: readonly Blob[]);
      digested(): Uint8Array<ArrayBuffer>;
      digest_is(sha256: Uint8Array | undefined): void;
      about(): RuleSetAbout;
      encode(): Uint8Array<ArrayBuffer>;
      free(): void;
    }

    class OpenReport {
      constructor(json: string);
      judge(judgements: readonly Judgement[]): Judged;
      json(): string;
      reduced(random: Uint8Array): OpenReport;
      written(form: Form, language: "en" | "ja"): string;
      result(
        level: ResultLevel,
        client: string,
        asked: readonly string[],
        to: string | undefined,
        random: Uint8Array,
        day: string,
      ): string;
      worksheets(language: "en" | "ja", known: string): string;
      compare(earlier: string): string;
      compare_as(earlier: string, language: "en" | "ja"): string;
      free(): void;
    }

    class Explorer {
      constructor(plan: Plan);
      load(
        job_id: number,
        file: Blob,
        offset: number,
        bytes: Uint8Array,
        progress: (bytes: number) => void,
      ): Uint8Array<ArrayBuffer>;
      seek(
        job_id: number,
        words: readonly string[],
        file: Blob,
        offset: number,
        bytes: Uint8Array,
        progress: (bytes: number) => void,
      ): Uint8Array<ArrayBuffer>;
      add(columns: Uint8Array): void;
      add_words(words: readonly string[], met: readonly Uint8Array[]): void;
      names(): string;
      unsought(asked: string): string;
      ask(asked: string, facets: readonly string[]): string;
      sort(name: string | undefined, is_descending: boolean): void;
      rows(from: number, count: number, names: readonly string[]): string;
      values(at: number): string;
      copied(form: string, names: readonly string[], language: string): string;
      cross(who: string): string;
      free(): void;
    }

    class Scanner {
      constructor(plan: Plan, lists?: Uint8Array, rules?: Uint8Array);
      scan(
        job_id: number,
        digest_id: number | undefined,
        file: Blob,
        offset: number,
        bytes: Uint8Array,
        progress: (bytes: number) => void,
      ): void;
      digest_is(job_id: number, sha256: Uint8Array): void;
      digested(job_id: number): number;
      digest(job_id: number, end: number, file: Blob, offset: number, bytes: Uint8Array): boolean;
      peek(): Uint8Array<ArrayBuffer>;
      take(): Uint8Array<ArrayBuffer>[];
      free(): void;
    }

    class Concluder {
      constructor(plan: Plan, lists?: Uint8Array, rules?: Uint8Array);
      take_from(scanner: Scanner): void;
      add(piece: Uint8Array): void;
      lost(job_id: number, message: string): void;
      ended(jobs: Uint32Array): void;
      repeats(files: Blob[]): Plan | undefined;
      rest(): Uint8Array<ArrayBuffer>;
      conclude(files: Blob[]): string;
      rows(finding_id: string, files: Blob[], limit: number, progress: (bytes: number) => void): string;
      taken(names: string[], files: Blob[], progress: (bytes: number) => void): string;
      party_rows(
        party_id: string,
        act: string,
        files: Blob[],
        limit: number,
        progress: (bytes: number) => void,
      ): string;
      explain(rule_id: string, stream: number, offset: number, files: Blob[]): string;
      begin_trial(text: string): RuleSetAbout;
      try_job(job_id: number, file: Blob, progress: (bytes: number) => void): void;
      tried(files: Blob[]): string;
      free(): void;
    }
  }
}
