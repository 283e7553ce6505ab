// What is found so far, concluded while the rest is still read. A look costs the workers a copy of
// what they saw, so there are few: the first after half a minute, each further one after twice the time.

import { unparcel } from "../lib/parcel";
import type { Finding } from "../wire/report";
import type { Engine, Pool } from "./pool";
import type { Asked, Job, SentPlan } from "./protocol";

/** Findings from a part of the logs: they may change, and more may follow. */
export interface Provisional {
  /** Those that lead. */
  readonly leading: readonly Finding[];
  readonly count: number;
  /** Share of the work that they rest on, 0 to 1. */
  readonly share: number;
}

const FIRST_MS = 30_000;
// Workers come to the end of a part one after the other.
const GATHER_MS = 1_500;
const LEADING = 7;

export class Looks {
  #due: number;
  #wait: number;
  #gathering: Map<Engine, { piece: Uint8Array<ArrayBuffer>; done: readonly number[] }> | undefined;
  #stopped = false;
  /** Engines of too much memory for a copy. They give none back, so they are not asked again. */
  readonly #large = new WeakSet<Engine>();

  constructor(
    private readonly pool: Pool,
    private readonly plan: SentPlan,
    private readonly files: readonly Blob[],
    private readonly beside: Pick<Asked<"begin">, "lists" | "rules">,
    private readonly tell: (found: Provisional) => void,
    first = FIRST_MS,
  ) {
    this.#wait = first;
    this.#due = performance.now() + first;
  }

  /** Between two parts: takes a copy of what a worker saw, when it is time for a look. */
  async offer(engine: Engine, done: readonly Job[]): Promise<void> {
    if (this.#stopped || performance.now() < this.#due) return;
    if (this.#gathering?.has(engine) || this.#large.has(engine)) return;
    const piece = await engine.ask("peek", {});
    if (!piece) return void this.#large.add(engine);
    if (!this.#gathering) {
      this.#gathering = new Map();
      setTimeout(() => void this.#look(), Math.min(GATHER_MS, this.#wait));
    }
    this.#gathering.set(engine, { piece, done: done.map(({ id }) => id) });
  }

  /** The check is over. */
  stop(): void {
    this.#stopped = true;
  }

  async #look(): Promise<void> {
    const given = [...(this.#gathering?.values() ?? [])];
    const pool = this.pool.another();
    try {
      const found = await this.#concluded(pool.at(0), given);
      if (!this.#stopped) this.tell(found);
    } catch {
      // It was an extra. The check itself goes on, and tells what fails.
    } finally {
      pool.stop(new Error("looked"));
      this.#wait *= 2;
      this.#due = performance.now() + this.#wait;
      this.#gathering = undefined;
    }
  }

  async #concluded(
    engine: Engine,
    given: readonly { piece: Uint8Array<ArrayBuffer>; done: readonly number[] }[],
  ) {
    const done = new Set(given.flatMap(({ done }) => done));
    const { jobs } = this.plan;
    const ended = jobs.map(({ id }) => id).filter((id) => !done.has(id));
    const scans = jobs.filter(({ kind }) => kind === "scan");
    const bytes = (of: readonly Job[]) => of.reduce((sum, { bytes }) => sum + bytes, 0);
    const share = bytes(scans.filter(({ id }) => done.has(id))) / Math.max(1, bytes(scans));
    const pieces = given.map(({ piece }) => piece);
    await engine.ask("begin", { plan: this.plan.json, ...this.beside });
    const parcel = await engine.ask("conclude", { pieces, lost: [], ended, files: [...this.files] });
    const { findings } = await unparcel(parcel);
    return { leading: findings.slice(0, LEADING), count: findings.length, share };
  }
}
