// All events of a report: read into an engine of their own, asked, sorted, and shown by the page.
//
// Engine 0 of a pool beside the check's holds the columns; the others read the files by the job. A
// query is answered from the columns; only words that stand anywhere in a record go through the files.

import { signal } from "@preact/signals";
import type { Checked } from "../engine/check";
import { Cancelled, type Engine, type Pool } from "../engine/pool";
import type { ExploreAnswer, ExploreName, Job, QueryWrong, ShownEvent } from "../engine/protocol";
import type { View } from "../lib/case-file";
import { engines, messageOf } from "./engine";

export type Exploring =
  | { readonly kind: "closed" }
  | { readonly kind: "loading"; readonly share: number }
  | { readonly kind: "ready"; readonly names: readonly ExploreName[] }
  | { readonly kind: "failed"; readonly message: string };

export const exploring = signal<Exploring>({ kind: "closed" });
/** What of the events shows: the table, or who came from which network. */
export type Tab = "events" | "crossed";

export const tab = signal<Tab>("events");

/** Whether the events show, and not the report. */
export const isExploring = signal(false);

export const asked = signal("");
export const answer = signal<ExploreAnswer | null>(null);
export const wrong = signal<QueryWrong | null>(null);
/** How far the files are searched for words; nothing while they are not. */
export const seeking = signal<number | null>(null);
/** The words of the query that Enter looks for in the files. */
export const unsought = signal<readonly string[]>([]);
export const sortedBy = signal<{ readonly name: string | undefined; readonly isDescending: boolean }>({
  name: undefined,
  isDescending: false,
});
export const columns = signal<readonly string[]>([]);
export const facetNames = signal<readonly string[]>([]);
/** Rows that are here, by pages; a new map for each answer. */
export const pages = signal<ReadonlyMap<number, readonly ShownEvent[]>>(new Map());

/** Rows that are fetched together. */
export const PAGE = 100;
// Pages kept; what is far away is fetched again.
const KEPT = 40;
const MAX_READERS = 8;

/** Values that people look at first, those first that most logs have. */
const FIRST = [
  "log",
  "user.name",
  "source.address",
  "event.action",
  "event.outcome",
  "http.request.method",
  "http.response.status_code",
  "url.original",
  "file.path",
  "organization.name",
  "event.code",
  "message",
];
const COLUMNS = 7;
const FACETS = 6;

let pool: Pool | undefined;
let checked: Checked | undefined;
/** What is to show when the events are read: as the case was saved. */
let saved: View | undefined;
let turn = 0;

/** What shows of the events, to be saved with the case; nothing where nobody looked at them. */
export function currentView(): View | undefined {
  if (exploring.value.kind !== "ready") return saved;
  const { name, isDescending } = sortedBy.value;
  return {
    asked: asked.value,
    sortedBy: name,
    isDescending,
    columns: columns.value,
    facets: facetNames.value,
  };
}

/** Takes up what showed when the case was saved. */
export function resumeView(view: View | undefined): void {
  saved = view;
}

/** Forgets the events of the last report. */
export function forgetExploring(): void {
  pool?.stop(new Cancelled());
  pool = checked = saved = undefined;
  turn++;
  isExploring.value = false;
  tab.value = "events";
  exploring.value = { kind: "closed" };
  asked.value = "";
  answer.value = wrong.value = seeking.value = null;
  unsought.value = [];
  pages.value = new Map();
  sortedBy.value = { name: undefined, isDescending: false };
}

/** Shows the events, and reads them when they are not there yet. `query` is asked where it is given. */
export async function explore(of: Checked, query?: string): Promise<void> {
  isExploring.value = true;
  if (query !== undefined) asked.value = query;
  // Judging makes another report of the same files.
  if (exploring.value.kind === "ready" && checked?.files === of.files) return ask(true);
  if (exploring.value.kind === "loading") return;
  checked = of;
  exploring.value = { kind: "loading", share: 0 };
  try {
    pool = (await engines()).another();
    const names = await load(of, pool);
    const present = names.filter(({ is_present }) => is_present).map(({ name }) => name);
    choose(present, of.plan.streams.length > 1);
    if (saved) showSaved(saved, present, query);
    exploring.value = { kind: "ready", names };
    await ask(true);
  } catch (error) {
    if (error instanceof Cancelled) return;
    pool?.stop(new Cancelled());
    exploring.value = { kind: "failed", message: messageOf(error) };
  }
}

/** Chooses the columns and facets that most people look at first. */
function choose(present: readonly string[], hasSeveralLogs: boolean): void {
  const first = FIRST.filter((name) => present.includes(name));
  columns.value = first.filter((name) => name !== "log" || hasSeveralLogs).slice(0, COLUMNS);
  facetNames.value = first.filter((name) => name !== "message").slice(0, FACETS);
}

/** Shows what is there of a saved view. `query` is asked in place of the saved one. */
function showSaved(view: View, present: readonly string[], query: string | undefined): void {
  const known = (names: readonly string[]) => names.filter((name) => present.includes(name));
  if (known(view.columns).length > 0) columns.value = known(view.columns);
  if (known(view.facets).length > 0) facetNames.value = known(view.facets);
  const [name] = known(view.sortedBy === undefined ? [] : [view.sortedBy]);
  sortedBy.value = { name, isDescending: view.isDescending };
  if (query === undefined) asked.value = view.asked;
}

/** Stops reading the events, and goes back to the report. What a case showed of them is kept. */
export function cancelExploring(): void {
  const kept = saved;
  forgetExploring();
  saved = kept;
}

/** The jobs that read records, in the order of their streams. */
const jobsOf = ({ plan }: Checked): Job[] =>
  plan.jobs.filter(({ kind }) => kind === "scan").sort((a, b) => a.stream - b.stream || a.start - b.start);

type Work<T> = (engine: Engine, job: Job, file: Blob, progress: (bytes: number) => void) => Promise<T>;

/** Has the jobs done side by side, and hands on what each gives in the order of the jobs. */
async function overJobs<T>(
  of: Checked,
  readers: Pool,
  work: Work<T>,
  take: (given: T) => Promise<void>,
  tell: (share: number) => void,
): Promise<void> {
  const jobs = jobsOf(of);
  const all = Math.max(
    1,
    jobs.reduce((sum, { bytes }) => sum + bytes, 0),
  );
  const done = new Float64Array(jobs.length);
  const given: Promise<T>[] = [];
  let next = 0;
  const lane = async (place: number) => {
    const engine = readers.at(place);
    await engine.ask("exploreBegin", { plan: of.plan.json });
    for (let at = next++; at < jobs.length; at = next++) {
      const job = jobs[at] as Job;
      const told = (bytes: number) => {
        done[at] = bytes;
        tell(done.reduce((sum, bytes) => sum + bytes, 0) / all);
      };
      // In a plan every job has its file.
      const file = of.files[job.source] as Blob;
      given[at] = work(engine, job, file, told);
      await given[at];
      told(job.bytes);
    }
  };
  const count = Math.min(navigator.hardwareConcurrency || 1, MAX_READERS, Math.max(1, jobs.length));
  // Engine 0 holds what the others read.
  const lanes = Promise.all(Array.from({ length: count }, (_, at) => lane(at + 1)));
  lanes.catch(() => undefined);
  for (let at = 0; at < jobs.length; at++) {
    while (!given[at]) await Promise.race([lanes, new Promise((resume) => setTimeout(resume, 10))]);
    await take(await (given[at] as Promise<T>));
    delete given[at];
  }
  await lanes;
}

async function load(of: Checked, readers: Pool): Promise<readonly ExploreName[]> {
  const holder = readers.at(0);
  await holder.ask("exploreBegin", { plan: of.plan.json });
  await overJobs(
    of,
    readers,
    (engine, { id }, file, progress) => engine.ask("exploreLoad", { job: id, file }, progress),
    async ([columns]) => {
      if (columns) await holder.ask("exploreAdd", { columns }, undefined, [columns.buffer]);
    },
    (share) => (exploring.value = { kind: "loading", share }),
  );
  return holder.ask("exploreNames", {});
}

/** Asks what stands in the field. `isSure`: words are looked for in the files as well. */
export async function ask(isSure: boolean): Promise<void> {
  const now = ++turn;
  const holder = pool?.at(0);
  if (!holder || exploring.value.kind !== "ready") return;
  const query = asked.value;
  try {
    const told = await holder.ask("exploreUnsought", { asked: query });
    if (now !== turn) return;
    wrong.value = told.wrong ?? null;
    unsought.value = told.words ?? [];
    if (told.wrong) return;
    if (unsought.value.length > 0) {
      if (!isSure) return;
      await seek(unsought.value, now);
      if (now !== turn) return;
    }
    await answerNow(holder, query, now);
  } catch (error) {
    seeking.value = null;
    if (!(error instanceof Cancelled)) exploring.value = { kind: "failed", message: messageOf(error) };
  }
}

async function answerNow(holder: Engine, query: string, now: number): Promise<void> {
  const { name: sort, isDescending } = sortedBy.value;
  const told = await holder.ask("exploreAsk", {
    asked: query,
    facets: facetNames.value,
    sort,
    isDescending,
  });
  if (now !== turn || !told.answer) return;
  unsought.value = [];
  pages.value = new Map();
  answer.value = told.answer;
}

/** Looks for words in the files. */
async function seek(words: readonly string[], now: number): Promise<void> {
  if (!pool || !checked) return;
  const met: Uint8Array<ArrayBuffer>[] = [];
  seeking.value = 0;
  await overJobs(
    checked,
    pool,
    (engine, { id }, file, progress) => engine.ask("exploreSeek", { job: id, file, words }, progress),
    async ([found]) => {
      if (now !== turn) throw new Cancelled();
      if (found) met.push(found);
    },
    (share) => {
      if (now === turn) seeking.value = share;
    },
  );
  seeking.value = null;
  await pool.at(0).ask("exploreAddWords", { words, met });
}

/** Stops looking for words; what showed before stays. */
export function cancelSeeking(): void {
  turn++;
  seeking.value = null;
}

/** Puts what was found into another order: the same again turns it round. */
export function sortBy(name: string | undefined): void {
  const now = sortedBy.value;
  sortedBy.value = { name, isDescending: now.name === name && !now.isDescending };
  void ask(true);
}

export function setFacets(names: readonly string[]): void {
  facetNames.value = names;
  void ask(true);
}

export function setColumns(names: readonly string[]): void {
  columns.value = names;
  pages.value = new Map();
}

const coming = new Set<string>();

/** Fetches a page of rows, unless it is here or on its way. */
export async function fetchPage(page: number): Promise<void> {
  const [now, of] = [turn, pages.value];
  const key = `${now} ${page} ${columns.value.join()}`;
  if (!pool || of.has(page) || coming.has(key)) return;
  coming.add(key);
  try {
    const rows = await pool.at(0).ask("exploreRows", {
      from: page * PAGE,
      count: PAGE,
      names: columns.value,
    });
    if (now !== turn) return;
    const kept = [...pages.value].slice(-KEPT);
    pages.value = new Map([...kept, [page, rows]]);
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
  } finally {
    coming.delete(key);
  }
}

/** All values of a row. */
export async function valuesAt(at: number): Promise<readonly (readonly [string, string])[]> {
  return pool ? pool.at(0).ask("exploreValues", { at }) : [];
}

export async function copied(form: "csv" | "json", language: "en" | "ja") {
  if (!pool) throw new Cancelled();
  return pool.at(0).ask("exploreCopy", { form, names: columns.value, language });
}

export async function crossed(who: "accounts" | "organisations") {
  if (!pool) throw new Cancelled();
  return pool.at(0).ask("exploreCross", { who });
}

/** A value as a query names it. */
export const quoted = (value: string): string =>
  /^[\p{L}\p{N}._@%+:-]+$/u.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;

/** Narrows the query by one more condition. */
export function narrow(condition: string): void {
  const now = asked.value.trim();
  const isWhole = /(^|\s)or(\s|$)/i.test(now);
  asked.value = now === "" ? condition : isWhole ? `(${now}) ${condition}` : `${now} ${condition}`;
  void ask(true);
}

/** Asks for one value only, or for all others. */
export const pivot = (name: string, value: string, isWithout = false): void =>
  narrow(`${isWithout ? "-" : ""}${name}:${quoted(value)}`);

/** Narrows the query to a period, in place of one that it names. */
export function narrowTime(from: string, until: string): void {
  asked.value = asked.value.replace(/(^|\s)time(>=|<)\S+/g, "").trim();
  narrow(`time>=${from} time<${until}`);
}
