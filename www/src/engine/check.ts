// One check, from files to report: survey, plan, run every job, conclude.
//
// A worker that dies is replaced, and what it had done is done again; a job that fails twice is
// reported as lost. Partials merge in any order, so which worker does which job does not matter.

import { unparcel } from "../lib/parcel";
import type { Report } from "../wire/report";
import { Cancelled, EngineLost, type Engine, type Pool } from "./pool";
import type { Job, LostJob, Plan, Settings, Survey } from "./protocol";

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

export interface CheckOptions {
  readonly settings: Settings;
  readonly workers: number;
  readonly cutBytes: number | undefined;
  readonly cutSeed: number | undefined;
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
  #done = 0;
  #work = 0;
  readonly #jobDone = new Map<number, number>();

  constructor(
    readonly given: readonly Given[],
    refused: readonly Refused[],
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

  expect(bytes: number, given: number): void {
    this.work[given] = (this.work[given] ?? 0) + bytes;
    this.#work += bytes;
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
  readonly plan: Plan;
  /** The files in the order of the plan's sources. */
  readonly files: readonly Blob[];
  readonly fileOfStream: ReadonlyMap<number, Blob>;
}

/** Checks files. Rejects with `Cancelled` when the pool is stopped for that reason. */
export async function check(pool: Pool, tally: Tally, options: CheckOptions): Promise<Checked> {
  const surveyed = await survey(pool, tally, options);
  const given = surveyed.map(({ at }) => tally.given[at] as Given);
  const surveys = surveyed.map(({ survey }) => survey);
  const { settings, cutBytes, cutSeed } = options;
  const plan = await pool.at(0).ask("plan", { settings, surveys, cutBytes, cutSeed });
  const run = new Run(
    pool,
    plan,
    surveyed.map(({ at }) => at),
    tally,
  );
  const partials = await run.all(options.workers);
  tally.stage = "conclude";
  const files = plan.sources.map((source) => (given[source.given] as Given).file);
  const buffers = partials.map(({ buffer }) => buffer as ArrayBuffer);
  const parcel = await pool.at(0).ask("conclude", { partials, lost: run.lost, files }, undefined, buffers);
  return {
    report: await unparcel(parcel),
    json: parcel.json,
    refused: tally.refused,
    plan,
    files,
    fileOfStream: run.fileOfStream(),
  };
}

interface Surveyed {
  readonly at: number;
  readonly survey: Survey;
}

async function survey(pool: Pool, tally: Tally, options: CheckOptions): Promise<Surveyed[]> {
  const surveyed: Surveyed[] = [];
  let next = 0;
  const lane = async (place: number) => {
    while (next < tally.given.length) {
      const at = next++;
      const one = await surveyOne(pool, place, tally, at, options.settings);
      if (one) surveyed.push({ at, survey: one });
      tally.surveyed++;
    }
  };
  await together(Math.min(options.workers, tally.given.length), lane);
  return surveyed.sort((a, b) => a.at - b.at);
}

async function surveyOne(pool: Pool, place: number, tally: Tally, at: number, settings: Settings) {
  const { name, file } = tally.given[at] as Given;
  for (let attempt = 1; ; attempt++) {
    try {
      const one = await pool.at(place).ask("survey", { name, file, settings });
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

/** The jobs of a plan on their way through the workers. */
class Run {
  readonly lost: LostJob[] = [];
  readonly #queue: Job[];
  readonly #sources: ReadonlyMap<number, Plan["sources"][number]>;
  readonly #failures = new Map<Job, number>();

  /** `places`: where each surveyed file is in the list given. */
  constructor(
    private readonly pool: Pool,
    private readonly plan: Plan,
    private readonly places: readonly number[],
    private readonly tally: Tally,
  ) {
    this.#queue = [...plan.jobs];
    this.#sources = new Map(plan.sources.map((source) => [source.id, source]));
  }

  async all(workers: number): Promise<Uint8Array[]> {
    for (const job of this.plan.jobs) this.tally.expect(job.bytes, this.#given(job));
    this.tally.stage = "scan";
    // Engine 0 also concludes, so it needs the plan even when there is nothing to scan.
    return together(Math.max(1, Math.min(workers, this.plan.jobs.length)), (place) => this.#lane(place));
  }

  fileOfStream(): Map<number, Blob> {
    return new Map(
      this.plan.jobs.filter(({ kind }) => kind === "scan").map((job) => [job.stream, this.#file(job)]),
    );
  }

  async #lane(place: number): Promise<Uint8Array> {
    for (;;) {
      const done: Job[] = [];
      const work = { current: undefined as Job | undefined };
      try {
        return await this.#work(this.pool.at(place), done, work);
      } catch (error) {
        if (error instanceof Cancelled) throw error;
        const why = error instanceof Error ? error : new EngineLost(String(error));
        this.pool.at(place).stop(why);
        this.#again(done, work.current, why.message);
      }
    }
  }

  async #work(engine: Engine, done: Job[], work: { current: Job | undefined }): Promise<Uint8Array> {
    await engine.ask("begin", { plan: this.plan });
    for (let job = this.#queue.shift(); job; job = this.#queue.shift()) {
      work.current = job;
      const { id, bytes } = job;
      const given = this.#given(job);
      await engine.ask("run", { job: id, file: this.#file(job) }, (part) => this.tally.at(id, part, given));
      this.tally.at(id, bytes, given);
      done.push(job);
    }
    work.current = undefined;
    return engine.ask("take", {});
  }

  /** Puts back what a dead worker had; what made it die a second time is lost. */
  #again(done: Job[], failed: Job | undefined, message: string): void {
    const suspects = failed ? [failed] : done;
    if (suspects.length === 0) throw new EngineLost(message);
    for (const job of suspects) this.#failures.set(job, (this.#failures.get(job) ?? 0) + 1);
    for (const job of new Set([...done, ...suspects])) {
      const lost = (this.#failures.get(job) ?? 0) >= 2;
      this.tally.at(job.id, lost ? job.bytes : 0, this.#given(job));
      if (lost) this.lost.push({ job: job.id, message });
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
