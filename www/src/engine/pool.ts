// The workers: starts them, carries calls to them, and notices when one dies.
//
// A worker takes one call after another. A call to a worker that dies or is stopped is rejected;
// what to do about it is for the caller to decide.

import type { Answered, Asked, CallName, Catalogue, Place, Reply, Request } from "./protocol";
import type { Program } from "./boot";

/** The worker cannot be used any more; its work so far is gone. */
export class EngineLost extends Error {}

/** The user stopped the check. */
export class Cancelled extends Error {
  constructor() {
    super("cancelled");
  }
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (why: Error) => void;
  readonly progress: ((bytes: number) => void) | undefined;
}

/** What the engine says is wrong with what it was given, in both languages, and where in that. */
export class Told extends Error {
  constructor(
    message: string,
    readonly ja: string,
    readonly place: Place | undefined,
  ) {
    super(message);
  }
}

/** One worker with its engine instance. */
export class Engine {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready: Promise<Catalogue>;
  #stopped: Error | undefined;
  #next = 1;

  constructor(program: Program) {
    this.#worker = new Worker(program.workerUrl);
    this.#worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.stop(new EngineLost(event.message || "worker error"));
    };
    this.#ready = this.ask("init", { module: program.module });
    // Whoever asks next learns of a failed start; the promise kept here must not shout as well.
    this.#ready.catch(() => undefined);
  }

  /** What this engine reads and looks for; resolves when it has started. */
  get catalogue(): Promise<Catalogue> {
    return this.#ready;
  }

  get busy(): boolean {
    return this.#waiting.size > 0;
  }

  get alive(): boolean {
    return this.#stopped === undefined;
  }

  /** Asks the engine. `progress` hears of bytes done about ten times a second. */
  ask<K extends CallName>(
    call: K,
    ask: Asked<K>,
    progress?: (bytes: number) => void,
    transfer: Transferable[] = [],
  ): Promise<Answered<K>> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    const request: Request<K> = { id: this.#next++, call, ask };
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject, progress });
      this.#worker.postMessage(request, transfer);
    });
  }

  /** Ends the worker at once; everything still asked of it is rejected with `why`. */
  stop(why: Error): void {
    if (this.#stopped) return;
    this.#stopped = why;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(why);
    this.#waiting.clear();
  }

  #hear(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return;
    if (reply.kind === "progress") return waiting.progress?.(reply.bytes);
    this.#waiting.delete(reply.id);
    if (reply.kind === "answer") return waiting.resolve(reply.answer as never);
    const { message, ja, place } = reply;
    if (!reply.fatal)
      return waiting.reject(ja === undefined ? new Error(message) : new Told(message, ja, place));
    const lost = new EngineLost(reply.message);
    waiting.reject(lost);
    this.stop(lost);
  }
}

/** The engines of the page. Engine 0 plans and concludes. */
export class Pool {
  readonly #engines: Engine[] = [];

  constructor(private readonly program: Program) {}

  /** The engine at a place; started, or started again, when it is not there. */
  at(place: number): Engine {
    const present = this.#engines[place];
    if (present?.alive) return present;
    return (this.#engines[place] = new Engine(this.program));
  }

  /** An engine that has nothing to do. After a check there is engine 0 only, perhaps at long work. */
  idle(): Engine {
    const idle = this.#engines.find((engine) => engine?.alive && !engine.busy);
    return idle ?? this.at(this.#engines[0]?.alive ? 1 : 0);
  }

  /** Other engines of the same program, for work beside a check's. */
  another(): Pool {
    return new Pool(this.program);
  }

  /** Ends all engines at once. They start again when they are needed. */
  stop(why: Error): void {
    for (const engine of this.#engines) engine?.stop(why);
    this.#engines.length = 0;
  }
}
