// One check, from files to report: survey, plan, run every job, conclude.
//
// A worker that dies is replaced, and what it had done is done again; a job that fails twice is
// reported as lost. Partials merge in any order, so which worker does which job does not matter.
// A check that is ended before all is read concludes from what was read, and says what was not.

import { unparcel } from "../lib/parcel";
import type { Report } from "../wire/report";
import { Cancelled, EngineLost, type Engine, type Pool } from "./pool";
import { Looks, type Provisional } from "./provisional";
import type {
  Asked,
  Job,
  ListsAbout,
  LostJob,
  Plan,
  ReadLists,
  ReadRules,
  SentPlan,
  SentSurvey,
  Settings,
} from "./protocol";

/** A file as given, with the folders inside what was given. */
export interface Given {
  readonly name: string;
  readonly file: Blob;
}

/** Something given that could not be examined at all, and so is in no report. */
export interface Refused {
  readonly name: string;
  readonly message: string;
}

/** Asks for a password for the files named. None: they are checked without. */
export type AskPassword = (locked: readonly string[], again: boolean) => Promise<string | undefined>;

export interface CheckOptions {
  readonly settings: Settings;
  readonly passwords: readonly string[];
  /** Indicator lists to sweep for. */
  readonly lists: ReadLists | undefined;
  /** Rules to run. */
  readonly rules: ReadRules | undefined;
  /** Asked while something given is encrypted and no password fits. */
  readonly askPassword?: AskPassword | undefined;
  readonly workers: number;
  readonly cutBytes: number | undefined;
  readonly cutSeed: number | undefined;
  readonly lookMs: number | undefined;
}

/** How far a check is. Changed in place; the page looks at it a few times a second. */
export class Tally {
  stage: "survey" | "scan" | "conclude" = "survey";
  surveyed = 0;
  /** Files that cannot be read, as the first look at them told; the report says more of them. */
  readonly unreadable: Refused[] = [];
  readonly refused: Refused[];
  /** Work done and to be done by file, in the order given. */
  readonly done: Float64Array;
  readonly work: Float64Array;
  /** Bytes of all files. */
  readonly size: number;
  /** What is found so far, once there was a look. */
  provisional: Provisional | undefined;
  #done = 0;
  #work = 0;
  readonly #jobDone = new Map<number, number>();
  #pause: { readonly over: Promise<void>; readonly end: () => void } | undefined;
  #isEnded = false;

  constructor(
    readonly given: readonly Given[],
    refused: readonly Refused[],
    /** Names of descriptions of formats that were among what was given. */
    readonly mappings: readonly string[] = [],
    /** Names of rules and archives of rules that were. */
    readonly rules: readonly string[] = [],
    /** Names of indicator lists that were. */
    readonly lists: readonly string[] = [],
  ) {
    this.refused = [...refused];
    this.done = new Float64Array(given.length);
    this.work = new Float64Array(given.length);
    this.size = given.reduce((sum, { file }) => sum + file.size, 0);
  }

  /** Share of the work that is done, 0 to 1. */
  get share(): number {
    if (this.stage === "conclude") return 1;
    return this.#work > 0 ? this.#done / this.#work : 0;
  }

  get isPaused(): boolean {
    return this.#pause !== undefined;
  }

  get isEnding(): boolean {
    return this.#isEnded;
  }

  /** Begins no further part until `resume`. */
  pause(): void {
    if (this.#pause) return;
    let end = () => {};
    const over = new Promise<void>((resolve) => (end = resolve));
    this.#pause = { over, end };
  }

  resume(): void {
    this.#pause?.end();
    this.#pause = undefined;
  }

  /** Begins no further part: the report is made from what was read. */
  end(): void {
    this.#isEnded = true;
    this.resume();
  }

  /** Says, before each part, whether it is to be read; waits while there is a pause. */
  async goesOn(): Promise<boolean> {
    await this.#pause?.over;
    return !this.#isEnded;
  }

  expect(bytes: number, given: number): void {
    this.work[given] = (this.work[given] ?? 0) + bytes;
    this.#work += bytes;
  }

  /** Forgets what was done: all is scanned once more. */
  again(): void {
    this.done.fill(0);
    this.work.fill(0);
    this.#done = 0;
    this.#work = 0;
    this.#jobDone.clear();
    this.#isEnded = false;
  }

  /** Says how many bytes of a job are done; less than before when it starts again. */
  at(job: number, bytes: number, given: number): void {
    const more = bytes - (this.#jobDone.get(job) ?? 0);
    this.#jobDone.set(job, bytes);
    this.done[given] = (this.done[given] ?? 0) + more;
    this.#done += more;
  }
}

/** A finished check: the report, and what opening its evidence needs. */
export interface Checked {
  readonly report: Report;
  /** The report as the engine wrote it, to the byte. */
  readonly json: Blob;
  readonly refused: readonly Refused[];
  /** What was given, to check it again. */
  readonly given: readonly Given[];
  readonly rules: ReadRules | undefined;
  readonly lists: ListsAbout | undefined;
  readonly plan: SentPlan;
  /** The files in the order of the plan's sources. */
  readonly files: readonly Blob[];
  readonly fileOfStream: ReadonlyMap<number, Blob>;
  /** How it agrees with a case that was opened: without the logs nothing is compared. */
  readonly opened?: "alone" | "same" | "differs";
}

/** Checks files. Rejects with `Cancelled` when the pool is stopped for that reason. */
export async function check(pool: Pool, tally: Tally, options: CheckOptions): Promise<Checked> {
  const { surveyed, passwords } = await unlocked(pool, tally, options);
  const given = surveyed.map(({ at }) => tally.given[at] as Given);
  const surveys = surveyed.map(({ survey }) => survey.json);
  const { cutBytes, cutSeed, lists } = options;
  const settings = lists ? { ...options.settings, indicators: lists.ids } : options.settings;
  let plan = await pool.at(0).ask("plan", { settings, passwords, surveys, cutBytes, cutSeed });
  const files = plan.sources.map((source) => (given[source.given] as Given).file);
  const places = surveyed.map(({ at }) => at);
  const beside = { lists: lists?.encoded, rules: options.rules?.encoded };
  const tell = (found: Provisional) => {
    tally.provisional = found;
  };
  const run = async (jobs: readonly Job[]) => {
    const looks = new Looks(pool, plan, files, beside, tell, options.lookMs);
    try {
      return await new Run(pool, plan, jobs, places, tally, beside, looks).all(options.workers);
    } finally {
      looks.stop();
      tally.stage = "conclude";
    }
  };
  const seen = await run(plan.jobs);
  const again = await pool.at(0).ask("repeats", { ...seen, files }, undefined, buffersOf(seen));
  let second: Seen = { pieces: [], lost: [], ended: seen.ended };
  if (again) {
    plan = again.plan;
    tally.again();
    // What is the same in both scans, such as digests, is not computed again.
    const scans = plan.jobs.filter(({ id, kind }) => kind === "scan" && !seen.ended.includes(id));
    second = await run(scans);
    second.pieces.push(again.rest);
  }
  const parcel = await pool.at(0).ask("conclude", { ...second, files }, undefined, buffersOf(second));
  return {
    report: await unparcel(parcel),
    json: parcel.json,
    refused: tally.refused,
    given: tally.given,
    rules: options.rules,
    lists,
    plan,
    files,
    fileOfStream: new Map(plan.streams.map(({ id, of }) => [id, files[of] as Blob])),
  };
}

/** A part of what a worker saw, encoded. */
type EncodedPart = Uint8Array<ArrayBuffer>;

/** What a run of jobs left: what the workers saw, without engine 0, and what was lost. */
interface Seen {
  readonly pieces: EncodedPart[];
  readonly lost: readonly LostJob[];
  /** Jobs that were not begun, since the check was ended before. */
  readonly ended: readonly number[];
}

const buffersOf = ({ pieces }: Seen) => pieces.map(({ buffer }) => buffer);

interface Surveyed {
  readonly at: number;
  readonly survey: SentSurvey;
}

/** Looks at all files, and again at what is encrypted for as long as passwords are given. */
async function unlocked(pool: Pool, tally: Tally, options: CheckOptions) {
  const passwords = [...options.passwords];
  const all = tally.given.map((_, at) => at);
  const surveyed = await survey(pool, tally, { ...options, passwords }, all);
  for (let again = false; ; again = true) {
    const locked = surveyed.filter(({ survey }) => survey.is_locked).map(({ at }) => at);
    if (locked.length === 0 || !options.askPassword) break;
    const password = await options.askPassword(
      locked.map((at) => (tally.given[at] as Given).name),
      again,
    );
    if (password === undefined) break;
    passwords.push(password);
    for (const one of await survey(pool, tally, { ...options, passwords }, locked))
      surveyed.splice(
        surveyed.findIndex(({ at }) => at === one.at),
        1,
        one,
      );
  }
  return { surveyed, passwords };
}

async function survey(
  pool: Pool,
  tally: Tally,
  options: CheckOptions,
  places: readonly number[],
): Promise<Surveyed[]> {
  const surveyed: Surveyed[] = [];
  let next = 0;
  tally.surveyed = tally.given.length - places.length;
  const lane = async (place: number) => {
    for (let at = places[next++]; at !== undefined; at = places[next++]) {
      const one = await surveyOne(pool, place, tally, at, options);
      if (one) surveyed.push({ at, survey: one });
      tally.surveyed++;
    }
  };
  await together(Math.min(options.workers, places.length), lane);
  return surveyed.sort((a, b) => a.at - b.at);
}

async function surveyOne(pool: Pool, place: number, tally: Tally, at: number, options: CheckOptions) {
  const { name, file } = tally.given[at] as Given;
  const { settings, passwords } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      const one = await pool.at(place).ask("survey", { name, file, settings, passwords });
      if (one.fault) tally.unreadable.push({ name, message: one.fault.what || one.fault.kind });
      return one;
    } catch (error) {
      // A message without a dead worker is a wrong setting, which concerns the whole check.
      if (!(error instanceof EngineLost)) throw error;
      if (attempt === 1) continue;
      tally.refused.push({ name, message: error.message });
      return undefined;
    }
  }
}

/** Jobs of a plan on their way through the workers. */
class Run {
  readonly #lost: LostJob[] = [];
  readonly #queue: Job[];
  readonly #sources: ReadonlyMap<number, Plan["sources"][number]>;
  readonly #failures = new Map<Job, number>();
  #lanes = 1;

  /** `jobs`: those of the plan that are run. `places`: where each surveyed file is in the list given. */
  constructor(
    private readonly pool: Pool,
    private readonly plan: SentPlan,
    private readonly jobs: readonly Job[],
    private readonly places: readonly number[],
    private readonly tally: Tally,
    private readonly beside: Pick<Asked<"begin">, "lists" | "rules">,
    private readonly looks: Looks,
  ) {
    this.#queue = [...jobs];
    this.#sources = new Map(plan.sources.map((source) => [source.id, source]));
  }

  /** Runs all jobs. What engine 0 saw stays with it; what the others saw is handed over. */
  async all(workers: number): Promise<Seen> {
    for (const job of this.jobs) this.tally.expect(job.bytes, this.#given(job));
    this.tally.stage = "scan";
    // Engine 0 also concludes, so it needs the plan even when there is nothing to scan.
    this.#lanes = Math.max(1, Math.min(workers, this.jobs.length));
    const pieces = await together(this.#lanes, (place) => this.#lane(place));
    return { pieces: pieces.flat(), lost: this.#lost, ended: this.#queue.map(({ id }) => id) };
  }

  async #lane(place: number): Promise<EncodedPart[]> {
    for (;;) {
      const done: Job[] = [];
      const work = { current: undefined as Job | undefined };
      const engine = this.pool.at(place);
      try {
        await this.#work(engine, done, work);
        if (place === 0) return [];
        const pieces = await engine.ask("take", {});
        // An engine never gives memory back; the concluding one needs it now.
        engine.stop(new EngineLost("retired"));
        return pieces;
      } catch (error) {
        if (error instanceof Cancelled) throw error;
        const why = error instanceof Error ? error : new EngineLost(String(error));
        engine.stop(why);
        this.#again(done, work.current, why.message);
      }
    }
  }

  async #work(engine: Engine, done: Job[], work: { current: Job | undefined }): Promise<void> {
    await engine.ask("begin", { plan: this.plan.json, ...this.beside });
    const run = async (job: Job, digest?: number) => {
      work.current = job;
      const { id, bytes } = job;
      const given = this.#given(job);
      const ask = { job: id, digest, file: this.#file(job) };
      await engine.ask("run", ask, (part) => this.tally.at(id, part, given));
      this.tally.at(id, bytes, given);
    };
    const next = async (take: () => Job | undefined) => {
      work.current = undefined;
      await this.looks.offer(engine, done);
      return (await this.tally.goesOn()) ? take() : undefined;
    };
    for (let job = await next(() => this.#next()); job; job = await next(() => this.#next())) {
      const along = () => this.#along(job as Job);
      done.push(job);
      for (let shard = await next(along); shard; shard = await next(along)) {
        done.push(shard);
        await run(shard, job.id);
        this.tally.at(job.id, shard.end, this.#given(job));
      }
      if (await this.tally.goesOn()) await run(job);
      else this.#queue.push(...done.splice(done.indexOf(job), 1));
    }
  }

  /** The next job. Shards go from the back: a digest reads its file from the front. */
  #next(): Job | undefined {
    const first = this.#queue[0];
    if (!first || first.kind === "digest") return this.#queue.shift();
    return this.#take(this.#queue.findLastIndex((job) => this.#isScanOf(job, first.source)));
  }

  /**
   * The shard whose bytes a digest takes from the scan's own reads. Nothing cuts a digest, so it
   * does not wait for scans unless there is more than enough to do for all. What is packed is not
   * read in the order of its bytes.
   */
  #along(digest: Job): Job | undefined {
    if (digest.kind !== "digest" || this.#source(digest).is_packed) return undefined;
    const at = this.#queue.findIndex((job) => this.#isScanOf(job, digest.source));
    const shard = this.#queue[at];
    if (!shard) return undefined;
    const queued = this.#queue.reduce((sum, { bytes }) => sum + bytes, 0);
    return queued >= this.#lanes * (digest.end - shard.start) ? this.#take(at) : undefined;
  }

  #isScanOf(job: Job, source: number): boolean {
    return job.kind === "scan" && job.source === source;
  }

  #take(at: number): Job | undefined {
    return this.#queue.splice(at, 1)[0];
  }

  /** Puts back what a dead worker had; what made it die a second time is lost. */
  #again(done: Job[], failed: Job | undefined, message: string): void {
    const suspects = failed ? [failed] : done;
    if (suspects.length === 0) throw new EngineLost(message);
    for (const job of suspects) this.#failures.set(job, (this.#failures.get(job) ?? 0) + 1);
    for (const job of new Set([...done, ...suspects])) {
      const lost = (this.#failures.get(job) ?? 0) >= 2;
      this.tally.at(job.id, lost ? job.bytes : 0, this.#given(job));
      if (lost) this.#lost.push({ job: job.id, message });
      else this.#queue.push(job);
    }
  }

  #given(job: Job): number {
    return this.places[this.#source(job).given] as number;
  }

  #file(job: Job): Blob {
    return (this.tally.given[this.#given(job)] as Given).file;
  }

  #source(job: Job) {
    const source = this.#sources.get(job.source);
    if (!source) throw new Error(`the plan names no source ${job.source}`);
    return source;
  }
}

/** Runs `lanes` lanes side by side; the first failure is the failure of all. */
function together<T>(lanes: number, lane: (place: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: lanes }, (_, place) => lane(place)));
}
