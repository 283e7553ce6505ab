// What a worker does for each call: passes it to the engine. It holds one engine instance, the plan
// of the current check, and, in the worker that concluded, the report.

import { unpacked } from "./unpack";
import { parcel } from "../lib/parcel";
import { AHEAD_BYTES, Ahead } from "./ahead";
import type {
  Answered,
  Asked,
  CallName,
  Form,
  Job,
  Merging,
  NamedFile,
  Plan,
  SentPlan,
  Survey,
} from "./protocol";

type Progress = (bytes: number) => void;
type Handlers = {
  [K in CallName]: (ask: Asked<K>, progress: Progress) => Answered<K> | Promise<Answered<K>>;
};

// A shard is read from the byte before it, and its last line reaches a little behind its end.
const LINE_BYTES = 64 << 10;

// An engine never gives memory back, so only a small one has what it saw copied.
const PEEK_BYTES = 128 << 20;

// Of a private list.
const SALT_BYTES = 16;

// Of a vendor's key, and of one that serves one result.
const KEY_BYTES = 32;

const ahead = new Ahead();

// By job. The browser's own SHA-256 uses the processor's, and takes a file only as a whole.
const digests = new Map<number, ArrayBuffer>();

/** The engine's memory. */
let memory: WebAssembly.Memory | undefined;
let plan: Plan;
let lists: Uint8Array<ArrayBuffer> | undefined;
let rules: Uint8Array<ArrayBuffer> | undefined;
let scanner: wasm_bindgen.Scanner | undefined;
let concluder: wasm_bindgen.Concluder | undefined;
let explorer: wasm_bindgen.Explorer | undefined;
/** What makes pseudonyms; kept nowhere. */
let pseudonymKey: Uint8Array<ArrayBuffer> | undefined;
/** The exercise that this worker made last: only in here is it known what happened. */
let practice: { readonly name: string; readonly of: wasm_bindgen.Practice } | undefined;
let report = "";
/** The report as the engine reads it again, once that was needed. */
let opened: wasm_bindgen.OpenReport | undefined;

function practised(name: string, progress: Progress): wasm_bindgen.Practice {
  if (practice?.name !== name) {
    practice?.of.free();
    practice = undefined;
    practice = { name, of: new wasm_bindgen.Practice(name, progress) };
  }
  return practice.of;
}

export const handlers: Handlers = {
  unpack: ({ packed }) => unpacked(packed),
  init({ module }) {
    memory = wasm_bindgen.initSync({ module }).memory;
    const { formats, detections, tactics, questions } = wasm_bindgen;
    return { formats: formats(), detections: detections(), tactics: tactics(), questions: questions() };
  },
  checkSettings: ({ settings }) => wasm_bindgen.check_settings(settings),
  // A file that cannot be read is told by the check.
  findLists: ({ files }) => files.map((file) => attempt(() => wasm_bindgen.holds_list(file)) ?? false),
  readLists: ({ lists }) =>
    withLists(lists, (read) => ({ ids: read.ids(), problems: read.refused(), encoded: read.encode() })),
  makePrivate: ({ lists }, progress) =>
    withLists(lists, (read) => read.private(crypto.getRandomValues(new Uint8Array(SALT_BYTES)), progress)),
  findRules: ({ files }) => files.map((file) => wasm_bindgen.holds_rules(file)),
  async readRules({ files, settings }) {
    const names = files.map(({ name }) => name);
    const blobs = files.map(({ file }) => file);
    const compiled = new wasm_bindgen.CompiledRules(settings, names, blobs);
    try {
      // The browser's own SHA-256 uses the processor's.
      const sha256 = await subtle()?.digest("SHA-256", compiled.digested());
      compiled.digest_is(sha256 && new Uint8Array(sha256));
      return { ...compiled.about(), encoded: compiled.encode() };
    } finally {
      compiled.free();
    }
  },
  listRules: ({ rules }) => JSON.parse(wasm_bindgen.list_rules(rules)),
  openChecker: ({ block, page }) => {
    const [signed, parts] = wasm_bindgen.open_checker(block, page);
    return {
      ...signed,
      files: parts.map(([role, name, bytes]) => ({ role, file: new File([bytes], name) })),
    };
  },
  makeKey: () => wasm_bindgen.make_key(crypto.getRandomValues(new Uint8Array(KEY_BYTES))),
  fingerprintOf: ({ key }) => wasm_bindgen.fingerprint_of(key),
  wrongAbout: async ({ about, logo }) => wasm_bindgen.wrong_about(about, logo && (await bytesOf(logo))),
  async makeChecker({ html, key, about, settings, files }) {
    const maker = new wasm_bindgen.CheckerMaker(key);
    for (const { role, file } of files) maker.add(role, file.name, await bytesOf(file));
    const [made, edition] = maker.make(html, about, settings);
    return { html: made, edition };
  },
  readMapping: ({ text }) => wasm_bindgen.read_mapping(text),
  generate: ({ name }, progress) =>
    // Of a fixed date, because a year that is not stated follows from a file's.
    wasm_bindgen
      .generate(name, progress)
      .map(([path, bytes]) => ({ name: path, file: new File([bytes], path, { lastModified: 0 }) })),
  truth: ({ name }, progress) => wasm_bindgen.truth(name, progress),
  exerciseAsked: ({ name }) => JSON.parse(wasm_bindgen.exercise_asked(name)),
  readSheet: ({ text }) => JSON.parse(wasm_bindgen.read_sheet(text)),
  hint: ({ name, question, level }, progress) => JSON.parse(practised(name, progress).hint(question, level)),
  finish({ name, sheet }, progress) {
    const [debrief, result] = practised(name, progress).finish(JSON.stringify(sheet));
    return { debrief: JSON.parse(debrief), result };
  },
  async classOf({ files, form, language }) {
    const names = files.map(({ name }) => name);
    return wasm_bindgen.class_of(
      names,
      await Promise.all(files.map(({ file }) => file.text())),
      form,
      language,
    );
  },
  survey: ({ name, file, settings, passwords }) => {
    const survey = wasm_bindgen.survey(name, file.size, changed(file), file, settings, passwords);
    const { is_locked, fault } = survey;
    return { is_locked, fault, json: JSON.stringify(survey) };
  },
  preview: ({ stream, file, settings, passwords }) => {
    const { source, ordinal, path_inside } = stream;
    const inside = path_inside ?? undefined;
    return wasm_bindgen.preview(source, changed(file), file, ordinal, inside, settings, passwords);
  },
  plan({ settings, passwords, surveys, cutBytes, cutSeed }) {
    const parsed = surveys.map((survey) => JSON.parse(survey) as Survey);
    return sent(wasm_bindgen.plan(settings, passwords, parsed, cutBytes, cutSeed));
  },
  begin(ask) {
    plan = JSON.parse(ask.plan) as Plan;
    lists = ask.lists;
    rules = ask.rules;
    digests.clear();
    scanner?.free();
    concluder?.free();
    concluder = undefined;
    scanner = new wasm_bindgen.Scanner(plan, lists, rules);
  },
  run: (ask, progress) =>
    plan.jobs[ask.job]?.kind === "digest" ? digest(ask, progress) : scan(ask, progress),
  peek: () => (memory && memory.buffer.byteLength <= PEEK_BYTES ? scanner?.peek() : undefined),
  take: () => scanner?.take() ?? [],
  repeats(ask) {
    const merged = merge(ask);
    const second = merged.repeats(ask.files);
    return second && { plan: sent(second), rest: merged.rest() };
  },
  conclude(ask) {
    report = merge(ask).conclude(ask.files);
    opened?.free();
    opened = undefined;
    return parcel(report);
  },
  rows: ({ finding, files, limit }, progress) =>
    JSON.parse(concluder?.rows(finding, files, limit, progress) ?? "[]"),
  partyRows: ({ party, act, files, limit }, progress) =>
    JSON.parse(concluder?.party_rows(party, act, files, limit, progress) ?? "[]"),
  explain: ({ rule, stream, offset, files }) =>
    JSON.parse(concluder?.explain(rule, stream, offset, files) ?? "[]"),
  beginTrial: ({ text }) => ofReport().begin_trial(text),
  tryJob: ({ job, file }, progress) => ofReport().try_job(job, file, progress),
  tried: ({ files }) => JSON.parse(ofReport().tried(files)),
  context: ({ plan, stream, file, offset, length, lines }) =>
    wasm_bindgen.context(JSON.parse(plan) as Plan, stream, file, offset, length, lines, lines),
  open({ json }) {
    // What cannot be read leaves the report that is there.
    const next = new wasm_bindgen.OpenReport(json);
    opened?.free();
    opened = next;
    report = json;
    return parcel(report);
  },
  judge({ judgements }) {
    const judged = reopened().judge(judgements);
    report = reopened().json();
    return { judged, json: new Blob([report], { type: "application/json" }) };
  },
  exportAs: ({ form, language, reduced }) =>
    reduced ? withReduced((report) => saved(report, form, language)) : saved(reopened(), form, language),
  makeResult: ({ level, client, asked, to, random, day }) =>
    reopened().result(level, client, asked, to, random, day),
  sealResult: ({ text, to }) =>
    wasm_bindgen.seal_result(text, to, crypto.getRandomValues(new Uint8Array(KEY_BYTES))),
  async rollUp({ files, key, expected, form, language }) {
    const names = files.map(({ name }) => name);
    const bytes = await Promise.all(files.map(({ file }) => bytesOf(file)));
    return wasm_bindgen.roll_up(names, bytes, key, expected, form, language);
  },
  exploreBegin(ask) {
    plan = JSON.parse(ask.plan) as Plan;
    explorer?.free();
    explorer = new wasm_bindgen.Explorer(plan);
  },
  async exploreLoad({ job, file }, progress) {
    const { from, bytes } = await readAhead(job, file);
    return [exploring().load(job, file, from, bytes, progress)];
  },
  async exploreSeek({ job, file, words }, progress) {
    const { from, bytes } = await readAhead(job, file);
    return [exploring().seek(job, words, file, from, bytes, progress)];
  },
  exploreAdd: ({ columns }) => exploring().add(columns),
  exploreAddWords: ({ words, met }) => exploring().add_words(words, met),
  exploreNames: () => JSON.parse(exploring().names()),
  exploreUnsought: ({ asked }) => JSON.parse(exploring().unsought(asked)),
  exploreAsk({ asked, facets, sort, isDescending }) {
    const told = JSON.parse(exploring().ask(asked, facets)) as Answered<"exploreAsk">;
    // In the order of the times they are already.
    if (told.answer && (sort !== undefined || isDescending)) exploring().sort(sort, isDescending);
    return told;
  },
  exploreRows: ({ from, count, names }) => JSON.parse(exploring().rows(from, count, names)),
  exploreValues: ({ at }) => JSON.parse(exploring().values(at)),
  exploreCopy: ({ form, names, language }) => JSON.parse(exploring().copied(form, names, language)),
  exploreCross: ({ who }) => JSON.parse(exploring().cross(who)),
  inspect: ({ files, own }) =>
    JSON.parse(
      wasm_bindgen.inspect(
        files.map(({ name }) => name),
        files.map(({ file }) => file),
        own,
      ),
    ),
  taken: ({ names, files }, progress) => JSON.parse(concluder?.taken(names, files, progress) ?? "[]"),
  worksheets: ({ known, language }) => reopened().worksheets(language, known),
  compare: ({ earlier }) => JSON.parse(reopened().compare(earlier)),
  compareAs: ({ earlier, language }) => reopened().compare_as(earlier, language),
};

/** What explores in this worker. */
function exploring(): wasm_bindgen.Explorer {
  if (!explorer) throw new Error("nothing is explored");
  return explorer;
}

/** The bytes of a job, from the one before it on. */
async function readAhead(job: number, file: Blob) {
  const { start, end } = plan.jobs[job] as Job;
  const from = Math.max(0, start - 1);
  return { from, bytes: await ahead.read(file, from, Math.min(end + LINE_BYTES, file.size)) };
}

/** What concluded the report that is shown. */
function ofReport(): wasm_bindgen.Concluder {
  if (!concluder) throw new Error("no report yet");
  return concluder;
}

const reopened = (): wasm_bindgen.OpenReport => (opened ??= new wasm_bindgen.OpenReport(report));

const saved = (report: wasm_bindgen.OpenReport, form: Form | "json", language: "en" | "ja"): string =>
  form === "json" ? report.json() : report.written(form, language);

/** The report with less personal data. The pseudonyms of all its forms are the same. */
function withReduced<T>(use: (report: wasm_bindgen.OpenReport) => T): T {
  const less = reopened().reduced((pseudonymKey ??= crypto.getRandomValues(new Uint8Array(KEY_BYTES))));
  try {
    return use(less);
  } finally {
    less.free();
  }
}

/** A plan as the page reads it. */
function sent(plan: Plan): SentPlan {
  const { sources, jobs } = plan;
  const streams = plan.streams.map(({ id, of, ordinal, found: { path_inside } }) => ({
    id,
    of,
    ordinal,
    found: { path_inside },
  }));
  return { sources, streams, jobs, json: JSON.stringify(plan) };
}

/** Reads lists for as long as `use` takes. */
async function withLists<T>(
  lists: readonly NamedFile[],
  use: (lists: wasm_bindgen.IndicatorLists) => T,
): Promise<T> {
  const read = new wasm_bindgen.IndicatorLists();
  try {
    for (const { name, file } of lists) read.read(name, await bytesOf(file));
    return use(read);
  } finally {
    read.free();
  }
}

const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** Puts what was seen to what is merged of the current plan. */
function merge({ pieces, lost, ended }: Merging): wasm_bindgen.Concluder {
  concluder ??= new wasm_bindgen.Concluder(plan, lists, rules);
  if (scanner) concluder.take_from(scanner);
  // Each piece is let go as soon as it is merged.
  for (let piece = pieces.pop(); piece; piece = pieces.pop()) concluder.add(piece);
  for (const { job, message } of lost) concluder.lost(job, message);
  if (ended.length > 0) concluder.ended(Uint32Array.from(ended));
  return concluder;
}

/** When a file was changed last, in milliseconds since 1970. */
const changed = (file: Blob): number | undefined => (file instanceof File ? file.lastModified : undefined);

async function scan({ job, digest, file }: Asked<"run">, progress: Progress): Promise<void> {
  const { from, bytes } = await readAhead(job, file);
  const own = digest === undefined ? undefined : digestOf(file, bytes);
  scanner?.scan(job, own ? undefined : digest, file, from, bytes, progress);
  if (own && digest !== undefined) digests.set(digest, await own);
}

async function digest({ job, file }: Asked<"run">, progress: Progress): Promise<void> {
  const { end } = plan.jobs[job] as Job;
  let known = digests.get(job);
  for (let more = true; more;) {
    const from = scanner?.digested(job) ?? end;
    const to = Math.min(from + AHEAD_BYTES, end);
    const bytes = known ? new Uint8Array() : await ahead.read(file, from, to);
    known ??= await digestOf(file, bytes);
    if (known) return scanner?.digest_is(job, new Uint8Array(known));
    more = scanner?.digest(job, to, file, from, bytes) ?? false;
    progress(to);
  }
}

/** What the browser computes, where the whole file lies in memory. */
function digestOf(file: Blob, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> | undefined {
  return bytes.length === file.size ? subtle()?.digest("SHA-256", bytes) : undefined;
}

/** Missing where the browser does not trust the origin. */
const subtle = (): SubtleCrypto | undefined => self.crypto?.subtle;
