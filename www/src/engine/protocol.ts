// What crosses between the page and its workers, said once: the engine's values and the calls.
//
// The report's own types come from the Rust types (src/wire/report.d.ts). A survey and a plan are
// the engine's business: the page reads the few fields named here and hands the rest back as is.

import type { Debrief, ExerciseAsked, QuestionId, Sheet } from "./exercise";
import type { Evidence, Judgement, Report, Severity, State, Text } from "../wire/report";

/** What the user set; the engine knows further thresholds. */
export interface Settings {
  zone?: string;
  log_formats?: string[];
  /** Texts of mapping files. */
  mappings?: string[];
  /** Zones and encodings of single streams, by `streamName` of state/streams. */
  zones?: Record<string, string>;
  encodings?: Record<string, string>;
  day_first?: boolean;
  latest?: string;
  since?: string;
  until?: string;
  /** The indicator lists of the check; filled in from those given. */
  indicators?: readonly ListId[];
  /** The case to practise on that the logs are. */
  training?: string;
  /** The vendor's checker that the page is. */
  checker?: CheckerId;
  [threshold: string]: unknown;
}

/** Whose checker a report was made with. */
export interface CheckerId {
  readonly title: string;
  readonly vendor: string;
  readonly fingerprint: string;
  /** By which its content is known from that of the vendor's other checkers. */
  readonly edition: string;
}

/** What a checker says to the client. */
export interface AboutChecker {
  readonly title: string;
  readonly vendor: string;
  readonly contact: string;
  readonly instructions: Text;
  /** A date, or empty. */
  readonly expires: string;
  readonly questions: readonly string[];
}

/** What a checker says, and the settings in it. */
export interface SignedChecker {
  readonly about: AboutChecker;
  readonly settings: Settings;
  readonly fingerprint: string;
  readonly edition: string;
  /** Whom results are for, as a file says it. */
  readonly recipient: string;
}

export type CheckerRole = "rules" | "indicators" | "mapping" | "logo";

/** What of a vendor's words a client could not use. */
export interface WrongField {
  readonly field: "title" | "vendor" | "expires" | "logo";
  readonly what: Text;
}

/** What a checker is made of. */
export interface CheckerAsked {
  /** The page as released. */
  readonly html: string;
  /** The text of the vendor's key file. */
  readonly key: string;
  readonly about: AboutChecker;
  readonly settings: Settings;
  readonly files: OpenedChecker["files"];
}

/** A file in a checker, as the engine hands it over. */
export type CheckerPart = [role: CheckerRole, name: string, bytes: Uint8Array<ArrayBuffer>];

/** A checker whose signature holds. */
export interface OpenedChecker extends SignedChecker {
  readonly files: readonly { readonly role: CheckerRole; readonly file: File }[];
}

/** What one look at a file told. `fault`: why it cannot be read, where it cannot. */
export interface Survey {
  /** Something in it is encrypted, and none of the passwords fits. */
  readonly is_locked: boolean;
  readonly fault: { readonly kind: string; readonly what: string } | null;
}

/** A survey on its way. As a text it crosses quickly, however many logs an archive holds. */
export interface SentSurvey extends Survey {
  readonly json: string;
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

/** A source in its place. `given` is the place in the list of surveys. */
export interface PlannedSource {
  readonly id: number;
  readonly given: number;
  readonly name: string;
  readonly size: number;
  readonly is_packed: boolean;
}

/** A log inside a source. */
export interface PlannedStream {
  readonly id: number;
  readonly of: number;
  readonly ordinal: number;
  readonly found: { readonly path_inside: string | null };
}

/** All work of a check. */
export interface Plan {
  readonly sources: readonly PlannedSource[];
  readonly streams: readonly PlannedStream[];
  readonly jobs: readonly Job[];
}

/** A plan on its way: what the page reads, and all of it as a text for the engines. */
export interface SentPlan extends Plan {
  readonly json: string;
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

/** A tactic of ATT&CK with its techniques, without sub-techniques. */
export interface TacticCard {
  readonly id: string;
  readonly name: Text;
  readonly techniques: readonly string[];
}

/** A log format as it describes itself. */
export interface FormatCard {
  readonly id: string;
  readonly name: string;
  readonly what: Text;
  readonly example: string;
  readonly category: string;
  /** Any log of its kind fits it. */
  readonly is_generic: boolean;
}

/** The first records of a stream, as some settings understand them. */
export interface Preview {
  readonly format: string | null;
  readonly seen: number;
  readonly understood: number;
  readonly records: readonly PreviewRecord[];
  /** The first lines, be they records, headers or parts of records. */
  readonly lines: readonly string[];
}

/** A record as stored and as understood. `pairs`: what it says under its own names. */
export interface PreviewRecord {
  readonly text: string;
  readonly format: string | null;
  readonly time: string | null;
  readonly is_zone_stated: boolean;
  readonly fields: readonly (readonly [name: string, text: string])[];
  readonly pairs: readonly (readonly [name: string, text: string])[];
}

/** A stream of a file: the file's name, and the stream's place and path inside. */
export interface StreamId {
  readonly source: string;
  readonly ordinal: number;
  readonly path_inside: string | null;
}

/** Whose a mapping file is. */
export interface MappingId {
  readonly id: string;
  readonly name: string;
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
  readonly tactics: readonly TacticCard[];
  readonly questions: readonly AskedQuestion[];
}

/** A question that a report answers. */
export interface AskedQuestion {
  readonly id: string;
  readonly words: Text;
}

/** A job that failed twice. */
export interface LostJob {
  readonly job: number;
  readonly message: string;
}

/** What workers saw, on its way to the engine that concludes. */
export interface Merging {
  readonly pieces: Uint8Array<ArrayBuffer>[];
  readonly lost: readonly LostJob[];
  /** Jobs that were not begun, since the check was ended before. */
  readonly ended: readonly number[];
  /** The files in the order of the plan's sources. */
  readonly files: Blob[];
}

/** The plan that leaves repeated records out, and what of the first scan still holds. */
export interface SecondScan {
  readonly plan: SentPlan;
  readonly rest: Uint8Array<ArrayBuffer>;
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

/** Kinds of indicators, as the engine names them. */
export type IndicatorKind =
  | "address"
  | "network"
  | "domain"
  | "url"
  | "user_agent"
  | "hash"
  | "email"
  | "account"
  | "private"
  | "range";

/** An indicator list as the settings name it. */
export interface ListId {
  readonly name: string;
  readonly format: string;
  readonly sha256: string;
  /** How many of each kind are swept for. */
  readonly swept: Partial<Record<IndicatorKind, number>>;
  /** Indicators that say the same as an earlier one. */
  readonly repeated: number;
  /** How many are not swept for, by the reason. */
  readonly not_swept: Readonly<Record<string, number>>;
}

/** A part of a list that is not swept for. */
export interface ListProblem {
  readonly list: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly what: Text;
  /** What to do. */
  readonly hint: Text;
}

/** What indicator lists say of themselves. `problems`: the first thousand of each list. */
export interface ListsAbout {
  readonly ids: readonly ListId[];
  readonly problems: readonly ListProblem[];
}

/** Indicator lists as read, with what the workers take. */
export interface ReadLists extends ListsAbout {
  readonly encoded: Uint8Array<ArrayBuffer>;
}

/** A file with the name that it is told by. */
export interface NamedFile {
  readonly name: string;
  readonly file: Blob;
}

/** A file of a case to practise on: `logs/…` is what is checked, `truth.json` what happened. */
export interface MadeFile {
  readonly name: string;
  readonly file: File;
}

/** What is wrong with a rule, or is not as it should be. */
export interface RuleProblem {
  readonly file: string;
  /** From 1, where it is known. */
  readonly line: number | null;
  readonly rule: string | null;
  /** The rule does not run. */
  readonly is_error: boolean;
  readonly what: Text;
  /** What to do. */
  readonly hint: Text;
}

/** What a set of rules says of itself. `rules`: how many can be used. */
export interface RuleSetAbout {
  readonly rules: number;
  readonly sha256: string;
  readonly problems: readonly RuleProblem[];
}

/** A rule that can be used. */
export interface ListedRule {
  readonly id: string;
  readonly title: string;
  readonly level: "informational" | "low" | "medium" | "high" | "critical";
  /** `product/category/service`, `-` for what is not stated. */
  readonly source: string;
  readonly tags: readonly string[];
  readonly is_correlation: boolean;
}

/** Rules as read, with what the workers take. */
export interface ReadRules extends RuleSetAbout {
  readonly encoded: Uint8Array<ArrayBuffer>;
}

/** One thing that a search of a rule asks, beside a record. */
export interface ItemExplained {
  /** None where any value may pass. */
  readonly field: string | null;
  readonly holds: boolean;
  readonly is_negated: boolean;
  readonly values: readonly string[];
  readonly asked: readonly string[];
}

/** A rule beside a record: its searches with what they ask. */
export interface Explained {
  readonly matches: boolean;
  /** How many of the things asked would have to come out otherwise. */
  readonly parts_off: number;
  readonly searches: readonly {
    readonly name: string;
    readonly holds: boolean;
    /** The rule asks only that it does not. */
    readonly is_negated: boolean;
    readonly items: readonly ItemExplained[];
  }[];
}

/** A record beside a rule. */
export interface RecordTried {
  readonly record: Evidence;
  readonly explained: Explained;
}

/** What trying a rule on the logs has shown. */
export interface RuleTried {
  readonly rule: string;
  readonly title: string;
  readonly is_correlation: boolean;
  readonly source: string;
  /** Records of its log source, and those of them that it matches. */
  readonly judged: number;
  readonly matched: number;
  readonly matches: readonly RecordTried[];
  readonly near: readonly RecordTried[];
  /** Of a correlation: the groups for which it matches, then those that come nearest. */
  readonly groups: readonly GroupTried[];
  readonly groups_matched: number;
}

/** A group beside a correlation. */
export interface GroupTried {
  /** The fields of `group-by`, each with its value. */
  readonly group: readonly (readonly [field: string, value: string])[];
  readonly holds: boolean;
  readonly first: string;
  readonly last: string;
  /** What was counted, summed or found. */
  readonly figure: string | null;
  readonly asked: readonly string[];
  readonly unmet: readonly string[];
  /** Titles of rules that are asked for and did not match. */
  readonly absent: readonly string[];
  /** Titles of rules, each with the records that it matched. */
  readonly rules: readonly (readonly [title: string, records: number])[];
  readonly records: readonly (readonly [title: string, record: Evidence])[];
  /** Whether `rules` and `records` tell of the first records only. */
  readonly is_cut: boolean;
}

/** Forms that the engine writes a report in, beside its JSON. */
export type Form =
  "html" | "csv" | "parties" | "letter" | "timesketch" | "navigator" | "stix" | "misp" | "ocsf";

/** What of a report changes with judgements. */
export type Judged = Pick<Report, "questions" | "secrets" | "judgements" | "judgements_set_aside">;

export interface JudgedReport {
  readonly judged: Judged;
  /** All of the report. */
  readonly json: Blob;
}

/** A name that a query may use. */
export interface ExploreName {
  readonly name: string;
  readonly short: string | null;
  /** Some event has a value of it. */
  readonly is_present: boolean;
}

/** What is wrong with a query: characters in front of the place, and what it is. */
export interface QueryWrong {
  readonly at: number;
  readonly what: Text;
}

/** The values of a name among what was found, the most frequent first. */
export interface Facet {
  readonly name: string;
  readonly distinct: number;
  readonly values: readonly (readonly [value: string, events: number])[];
}

/** What a query found. */
export interface ExploreAnswer {
  readonly events: number;
  /** Events that there was no memory for. */
  readonly left_out: number;
  readonly found: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly step_secs: number;
  /** Steps with events: seconds since 1970, and how many. */
  readonly steps: readonly (readonly [from: number, events: number])[];
  readonly facets: readonly Facet[];
}

/** An event in a table. */
export interface ShownEvent {
  readonly stream: number;
  readonly offset: number;
  readonly length: number;
  readonly time: string | null;
  readonly values: readonly (string | null)[];
}

/** Rows as a text. */
export interface Copied {
  readonly text: string;
  readonly rows: number;
}

/** Who came from which network. `who` and `networks`: name, how many of the others, events. */
export interface Crossing {
  readonly who: readonly (readonly [string, number, number])[];
  readonly networks: readonly (readonly [string, number, number])[];
  readonly cells: readonly (readonly [row: number, column: number, events: number])[];
  readonly all_who: number;
  readonly all_networks: number;
}

/** What stands in files that may have leaked. */
export interface Inspection {
  readonly documents: readonly {
    readonly file: string;
    readonly path_inside: string | null;
    readonly characters: number;
  }[];
  readonly found: readonly {
    readonly kind: FoundKind;
    readonly count: number;
    readonly places: readonly {
      readonly file: string;
      readonly path_inside: string | null;
      /** Of what has pages. */
      readonly page: number | null;
      readonly line: number;
      readonly shown: string;
    }[];
  }[];
  readonly domains: readonly {
    readonly domain: string;
    readonly class: "own" | "government" | "mobile" | "free_mail" | "external";
    readonly addresses: number;
  }[];
  readonly not_inspected: readonly {
    readonly file: string;
    readonly path_inside: string | null;
    readonly reason: Text;
  }[];
}

/** What an inspection looks for. */
export type FoundKind =
  | "email"
  | "phone"
  | "my_number"
  | "credential"
  | "key"
  | "mail_setting"
  | "network"
  | "marking"
  | "person"
  | "organisation";

/** A record of a log that names an inspected file. */
export interface Taken {
  readonly file: string;
  readonly time: string | null;
  readonly account: string | null;
  readonly address: string | null;
  readonly action: string;
  readonly named: string;
  readonly source: string;
  readonly offset: number;
}

/** Something that differs between two reports. */
export interface ReportChange {
  /** `question`, `finding`, `entity`, `party`, `not_evaluable`, `source` or `coverage`. */
  readonly part: string;
  readonly kind: "new" | "gone" | "changed";
  readonly what: Text;
  readonly before: Text | null;
  readonly after: Text | null;
  readonly causes: readonly ReportCause[];
  readonly finding: string | null;
}

/** Why something differs. */
export type ReportCause =
  "more_logs" | "fewer_logs" | "wider_window" | "other_rules" | "other_settings" | "judgements" | "unknown";

/** All that differs between two reports. */
export interface ReportDiff {
  readonly causes: readonly ReportCause[];
  readonly changes: readonly ReportChange[];
}

/** How much of a report a result tells, from the least on. */
export type ResultLevel = "verdict" | "counts" | "pseudonyms" | "full";

/** What a result is made of. */
export interface ResultAsked {
  readonly level: ResultLevel;
  /** What the client calls itself. */
  readonly client: string;
  /** The questions that matter; none for those that usually do. */
  readonly asked: readonly string[];
  /** Whom it is for, where the page is a checker. */
  readonly to: string | undefined;
  /** By which names become pseudonyms where it is for nobody: 32 bytes. */
  readonly random: Uint8Array;
  /** Today, in UTC. */
  readonly day: string;
}

/** Results that are put together. */
export interface RollUpAsked {
  readonly files: readonly NamedFile[];
  /** The text of the vendor's key file. */
  readonly key: string | undefined;
  /** The clients of whom an answer is expected, one on a line. */
  readonly expected: string;
}

/** Forms in which a roll-up is saved. */
export type RollUpForm = "json" | "csv" | "parties";

/** A name in a roll-up. */
export interface RollUpName {
  readonly kind: "network" | "address" | "account" | "domain" | "tenant" | "project";
  readonly name: string;
  readonly is_pseudonym: boolean;
}

/** The answer of a client. */
export interface RollUpClient {
  readonly client: string;
  readonly file: string;
  readonly is_sealed: boolean;
  readonly level: ResultLevel;
  readonly state: State;
  readonly since: string | null;
  readonly until: string | null;
  /** Networks and accounts, counted. */
  readonly counted: readonly [networks: number, accounts: number] | null;
  readonly networks: readonly RollUpName[];
  readonly accounts: readonly RollUpName[];
  /** Whether its logs can tell, and what is missing from them. */
  readonly logs: Text;
  readonly logs_from: string | null;
  readonly logs_until: string | null;
  readonly training: string | null;
  /** A day, where the result tells it. */
  readonly made_on: string | null;
  readonly notes: readonly Text[];
}

/** All results together. */
export interface RolledUp {
  readonly clients: readonly RollUpClient[];
  readonly shared: readonly {
    readonly shown: RollUpName;
    readonly may_differ: boolean;
    readonly clients: readonly string[];
    readonly severity: Severity;
    readonly first: string | null;
    readonly last: string | null;
  }[];
  readonly not_answered: readonly string[];
  readonly set_aside: readonly { readonly file: string; readonly why: Text; readonly todo: Text }[];
  readonly timeline: readonly {
    readonly client: string;
    readonly found: {
      readonly detection: string;
      readonly severity: Severity;
      readonly findings: number;
      readonly first: string | null;
      readonly last: string | null;
    };
  }[];
  readonly notify: readonly {
    readonly client: string;
    readonly kind: "domain" | "tenant" | "project";
    readonly party: RollUpName | null;
    readonly within: RollUpName | null;
    readonly parties: number;
    readonly acts: readonly number[];
  }[];
  readonly notes: readonly Text[];
}

/** Every call that a worker answers: what is asked, and what comes back. */
export interface Calls {
  /** Unpacks and compiles the engine. */
  unpack: { ask: { packed: Uint8Array<ArrayBuffer> }; answer: WebAssembly.Module };
  init: { ask: { module: WebAssembly.Module }; answer: Catalogue };
  checkSettings: { ask: { settings: Settings }; answer: void };
  /** Which of some files are surely indicator lists. */
  findLists: { ask: { files: readonly Blob[] }; answer: boolean[] };
  readLists: { ask: { lists: readonly NamedFile[] }; answer: ReadLists };
  /** Makes a private list of what lists hold; `progress` hears of digests. */
  makePrivate: { ask: { lists: readonly NamedFile[] }; answer: string };
  /** Which of some files are rules, or archives of rules. */
  findRules: { ask: { files: readonly Blob[] }; answer: boolean[] };
  readRules: {
    ask: { files: readonly NamedFile[]; settings: Settings };
    answer: ReadRules;
  };
  listRules: { ask: { rules: Uint8Array<ArrayBuffer> }; answer: readonly ListedRule[] };
  /** Opens the checker that this page is; `page` is the page's digest. */
  openChecker: { ask: { block: string; page: string }; answer: OpenedChecker };
  /** The text of a new key file. */
  makeKey: { ask: object; answer: string };
  fingerprintOf: { ask: { key: string }; answer: string };
  wrongAbout: { ask: { about: AboutChecker; logo: Blob | undefined }; answer: readonly WrongField[] };
  /** The page with a vendor's content in it, signed. */
  makeChecker: { ask: CheckerAsked; answer: { html: string; edition: string } };
  readMapping: { ask: { text: string }; answer: MappingId };
  /** Makes the logs of a case to practise on by its name, `T1-7`; `progress` hears of thousandths. */
  generate: { ask: { name: string }; answer: MadeFile[] };
  /** What happened in a case, as JSON. */
  truth: { ask: { name: string }; answer: string };
  /** What is asked of a case, by its name or its scenario file. */
  exerciseAsked: { ask: { name: string }; answer: ExerciseAsked };
  readSheet: { ask: { text: string }; answer: Sheet };
  hint: { ask: { name: string; question: QuestionId; level: number }; answer: Text };
  /** Ends an exercise: what is said of the sheet, and the file to hand in. */
  finish: { ask: { name: string; sheet: Sheet }; answer: { debrief: Debrief; result: string } };
  /** The results of a class together, in a form. */
  classOf: {
    ask: { files: readonly NamedFile[]; form: "json" | "csv"; language: "en" | "ja" };
    answer: string;
  };
  survey: {
    ask: { name: string; file: Blob; settings: Settings; passwords: readonly string[] };
    answer: SentSurvey;
  };
  preview: {
    ask: { stream: StreamId; file: Blob; settings: Settings; passwords: readonly string[] };
    answer: Preview;
  };
  plan: {
    ask: {
      settings: Settings;
      passwords: readonly string[];
      /** The texts of the surveys. */
      surveys: string[];
      cutBytes: number | undefined;
      cutSeed: number | undefined;
    };
    answer: SentPlan;
  };
  /** `plan`: the text of the plan; `lists`: the encoded lists that it names; `rules`: compiled. */
  begin: {
    ask: {
      plan: string;
      lists: Uint8Array<ArrayBuffer> | undefined;
      rules: Uint8Array<ArrayBuffer> | undefined;
    };
    answer: void;
  };
  /** `digest`: a job that a scan's reads go to as well; it is run afterwards. */
  run: { ask: { job: number; digest: number | undefined; file: Blob }; answer: void };
  /** A copy of what was seen so far; nothing where that would take much memory. */
  peek: { ask: object; answer: Uint8Array<ArrayBuffer> | undefined };
  take: { ask: object; answer: Uint8Array<ArrayBuffer>[] };
  /** Merges what was seen. When records are there more than once, what a second scan needs. */
  repeats: { ask: Merging; answer: SecondScan | undefined };
  conclude: { ask: Merging; answer: Parcel };
  rows: { ask: { finding: string; files: Blob[]; limit: number }; answer: Evidence[] };
  /** The records that are counted for an affected party and an act. */
  partyRows: { ask: { party: string; act: string; files: Blob[]; limit: number }; answer: Evidence[] };
  /** What a rule of the check says of a record. */
  explain: {
    ask: { rule: string; stream: number; offset: number; files: Blob[] };
    answer: readonly RuleTried[];
  };
  /** Readies a file of rules to be tried on what was checked. */
  beginTrial: { ask: { text: string }; answer: RuleSetAbout };
  tryJob: { ask: { job: number; file: Blob }; answer: void };
  /** What trying them has shown so far. */
  tried: { ask: { files: Blob[] }; answer: readonly RuleTried[] };
  context: {
    ask: { plan: string; stream: number; file: Blob; offset: number; length: number; lines: number };
    answer: ContextLine[];
  };
  /** Opens a report that was made before, in place of the one that was concluded. */
  open: { ask: { json: string }; answer: Parcel };
  /** Takes judgements into account, in place of those that the report has. */
  judge: { ask: { judgements: readonly Judgement[] }; answer: JudgedReport };
  /** The text of a result of the report. */
  makeResult: { ask: ResultAsked; answer: string };
  /** The same sealed, so that only the one whom it is for reads it. */
  sealResult: { ask: { text: string; to: string }; answer: Uint8Array<ArrayBuffer> };
  /** Results put together, in a form. */
  rollUp: {
    ask: RollUpAsked & { form: RollUpForm; language: "en" | "ja" };
    answer: string;
  };
  /** `reduced`: with less personal data. */
  exportAs: { ask: { form: Form | "json"; language: "en" | "ja"; reduced: boolean }; answer: string };
  /** Readies an engine to explore the events of a plan. */
  exploreBegin: { ask: { plan: string }; answer: void };
  /** Reads the events of a job, or finds its records with words: one buffer. */
  exploreLoad: { ask: { job: number; file: Blob }; answer: Uint8Array<ArrayBuffer>[] };
  exploreSeek: {
    ask: { job: number; file: Blob; words: readonly string[] };
    answer: Uint8Array<ArrayBuffer>[];
  };
  /** Takes in what was read of a job, in the order of the streams, and what was sought in all. */
  exploreAdd: { ask: { columns: Uint8Array<ArrayBuffer> }; answer: void };
  exploreAddWords: {
    ask: { words: readonly string[]; met: readonly Uint8Array<ArrayBuffer>[] };
    answer: void;
  };
  exploreNames: { ask: object; answer: readonly ExploreName[] };
  /** The words that are to be sought before the query can be asked. */
  exploreUnsought: {
    ask: { asked: string };
    answer: { readonly words?: readonly string[]; readonly wrong?: QueryWrong };
  };
  exploreAsk: {
    ask: { asked: string; facets: readonly string[]; sort: string | undefined; isDescending: boolean };
    answer: { readonly answer?: ExploreAnswer; readonly wrong?: QueryWrong };
  };
  exploreRows: {
    ask: { from: number; count: number; names: readonly string[] };
    answer: readonly ShownEvent[];
  };
  exploreValues: { ask: { at: number }; answer: readonly (readonly [name: string, value: string])[] };
  exploreCopy: {
    ask: { form: "csv" | "json"; names: readonly string[]; language: "en" | "ja" };
    answer: Copied;
  };
  exploreCross: { ask: { who: "accounts" | "organisations" }; answer: Crossing };
  /** What stands in files; `names`: those by which logs may know them. */
  inspect: {
    ask: { files: readonly NamedFile[]; own: readonly string[] };
    answer: { inspection: Inspection; names: string[] };
  };
  /** The records of the logs of the report that name one of some files. */
  taken: { ask: { names: string[]; files: Blob[] }; answer: Taken[] };
  /** Worksheets with the deadlines that follow from a time of knowing, where that is not empty. */
  worksheets: { ask: { known: string; language: "en" | "ja" }; answer: string };
  /** What has changed since an earlier report, which is given as its text; also as HTML. */
  compare: { ask: { earlier: string }; answer: ReportDiff };
  compareAs: { ask: { earlier: string; language: "en" | "ja" }; answer: string };
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

/** A place in what somebody gave, as the engine names it, and what is wrong there. */
export interface Place {
  readonly name: string;
  readonly en: string;
  readonly ja: string;
}

/** What a worker sends. `fatal`: the instance trapped and must be replaced. */
export type Reply =
  | { readonly id: number; readonly kind: "answer"; readonly answer: unknown }
  | { readonly id: number; readonly kind: "progress"; readonly bytes: number }
  | {
      readonly id: number;
      readonly kind: "error";
      readonly message: string;
      /** The message in Japanese, where somebody's input is at fault. */
      readonly ja: string | undefined;
      /** Where in that, if it is in one place. */
      readonly place: Place | undefined;
      readonly fatal: boolean;
    };
