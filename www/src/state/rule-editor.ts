// The rule that is being written: its text, what is wrong with it, and what it matches in the logs
// that were checked.

import { signal } from "@preact/signals";
import type { Checked } from "../engine/check";
import type { RuleSetAbout, RuleTried } from "../engine/protocol";
import type { Evidence } from "../wire/report";
import { engines } from "./engine";
import { readRules } from "./rules";

/** The editor, when it is open: with the check whose logs the rule is tried on, if there is one. */
export const editing = signal<{ readonly checked: Checked | undefined } | null>(null);

export const RULE_NAME = "rule.yml";

const TEMPLATE = `title: 
id: 
status: experimental
logsource:
  category: webserver
detection:
  selection:
    cs-uri-query|contains: 
  condition: selection
level: medium
`;

/** As typed; it stays when the editor is closed. */
export const ruleText = signal(TEMPLATE);

/** The text as a file. */
export const ruleFile = (text: string) => ({ name: RULE_NAME, file: new Blob([text]) });

/** What is wrong with the rule, and whether it can be used. */
export const lint = (text: string): Promise<RuleSetAbout> => readRules([ruleFile(text)], {});

/** What trying a rule has shown, and whether all records were read. */
export interface Trial {
  readonly rules: readonly RuleTried[];
  readonly isWhole: boolean;
}

/** Tries a rule on the logs, one job after another. `progress` is told the share that is read, and says whether to go on. */
export async function tryRule(
  checked: Checked,
  text: string,
  progress: (share: number) => boolean,
): Promise<Trial> {
  // The engine that concluded knows the report's records.
  const engine = (await engines()).at(0);
  const jobs = checked.plan.jobs.filter(({ kind }) => kind === "scan");
  jobs.sort((a, b) => a.stream - b.stream || a.start - b.start);
  const all = jobs.reduce((sum, { bytes }) => sum + bytes, 0);
  await engine.ask("beginTrial", { text });
  let before = 0;
  let isWhole = true;
  for (const { id, source, bytes } of jobs) {
    isWhole = progress(before / Math.max(1, all));
    if (!isWhole) break;
    await engine.ask("tryJob", { job: id, file: checked.files[source] as Blob });
    before += bytes;
  }
  const rules = await engine.ask("tried", { files: [...checked.files] });
  return { rules, isWhole };
}

/** What a rule of the check says of a record: itself, or, of a correlation, the rules that it rests on. */
export async function explain(
  checked: Checked,
  rule: string,
  { stream, offset }: Evidence,
): Promise<readonly RuleTried[]> {
  const engine = (await engines()).at(0);
  return engine.ask("explain", { rule, stream, offset, files: [...checked.files] });
}
