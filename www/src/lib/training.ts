// Cases to practise on: their names, and what of their files is checked. The engine makes them.

import type { Given } from "../engine/check";
import type { MadeFile } from "../engine/protocol";
import type { Report } from "../wire/report";

/** The case of the first screen. */
export const SAMPLE = "T2-7";

export const SCENARIOS = ["quiet", "T1", "T2", "T3", "T4", "T5", "T6"] as const;
const SEEDS = 10_000;
const LOGS = "logs/";
const NAME = "sekisho-report";

/** The logs of a case, named as if they had been dropped. */
export const logsOf = (made: readonly MadeFile[]): Given[] =>
  made
    .filter(({ name }) => name.startsWith(LOGS))
    .map(({ name, file }) => ({ name: name.slice(LOGS.length), file }));

/** The case that the logs of a report are, where they are one. */
export function trainingOf({ settings }: Pick<Report, "settings">): string | undefined {
  const { training } = (settings ?? {}) as { training?: unknown };
  return typeof training === "string" ? training : undefined;
}

/** The name of a file made of a report, without its end. One about a case to practise on says so. */
export function fileName(report: Pick<Report, "settings">): string {
  const training = trainingOf(report);
  return training === undefined ? NAME : `${NAME}-training-${training.replace(/[^\w-]/g, "_")}`;
}

/** Any case: of all scenarios, those without an intruder included. */
export function anyCase(): string {
  const [scenario = 0, seed = 0] = crypto.getRandomValues(new Uint32Array(2));
  return `${SCENARIOS[scenario % SCENARIOS.length]}-${1 + (seed % SEEDS)}`;
}
