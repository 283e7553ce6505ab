// The findings by what they are for: a column for each tactic of ATT&CK, a field for each technique.
// Techniques that were looked for and not found stand there too, and say so.

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { TacticCard } from "../../engine/protocol";
import { language, say, words } from "../../i18n";
import { number } from "../../lib/format";
import { catalogue } from "../../state/engine";
import { listFindings } from "../../state/report";
import type { Finding, Report, Severity } from "../../wire/report";

const WORST: readonly Severity[] = ["info", "low", "medium", "high", "critical"];

interface Technique {
  readonly id: string;
  /** Findings that name it. */
  findings: number;
  worst: Severity | undefined;
  /** Some detection looked for it, and could be evaluated. */
  readonly isEvaluated: boolean;
}

interface Column {
  readonly id: string;
  readonly name: string;
  readonly techniques: readonly Technique[];
}

const whole = (technique: string) => technique.split(".")[0] ?? technique;

/** All techniques that are looked for or found, with what was found. */
function techniquesOf(report: Report): Technique[] {
  const blind = new Set(report.not_evaluable.map(({ id }) => id));
  const all = new Map<string, Technique>();
  for (const card of catalogue.value?.detections ?? [])
    for (const id of card.attack) {
      const isEvaluated = !blind.has(card.id) || (all.get(id)?.isEvaluated ?? false);
      all.set(id, { id, findings: 0, worst: undefined, isEvaluated });
    }
  for (const finding of report.findings) for (const id of new Set(finding.attack)) count(all, id, finding);
  return [...all.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function count(all: Map<string, Technique>, id: string, { severity }: Finding): void {
  const known = all.get(id) ?? { id, findings: 0, worst: undefined, isEvaluated: true };
  known.findings++;
  if (known.worst === undefined || WORST.indexOf(severity) > WORST.indexOf(known.worst))
    known.worst = severity;
  all.set(id, known);
}

function columnsOf(report: Report, tactics: readonly TacticCard[], other: string): Column[] {
  const techniques = techniquesOf(report);
  const known = new Set(tactics.flatMap((tactic) => tactic.techniques));
  const columns = tactics.map((tactic) => ({
    id: tactic.id,
    name: say(tactic.name),
    techniques: techniques.filter(({ id }) => tactic.techniques.includes(whole(id))),
  }));
  const others = techniques.filter(({ id }) => !known.has(whole(id)));
  return [...columns, { id: "other", name: other, techniques: others }].filter(
    ({ techniques }) => techniques.length > 0,
  );
}

export function AttackMatrix({ report }: { report: Report }): JSX.Element {
  const w = words.value.attack;
  const tactics = catalogue.value?.tactics ?? [];
  const columns = useMemo(
    () => columnsOf(report, tactics, w.other),
    [report.findings, tactics, language.value],
  );
  return (
    <>
      <p class="intro">{w.intro}</p>
      <ul class="attack-matrix">
        {columns.map(({ id, name, techniques }) => (
          <li key={id}>
            <h3>
              {name} <span class="faint">{id === "other" ? "" : id}</span>
            </h3>
            <ul>
              {techniques.map((technique) => (
                <Field key={technique.id} technique={technique} />
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </>
  );
}

function Field({ technique }: { technique: Technique }): JSX.Element {
  const w = words.value.attack;
  const { id, findings, worst, isEvaluated } = technique;
  if (!worst)
    return (
      <li class="technique technique-none" data-technique={id}>
        <code>{id}</code> <span class="faint">{isEvaluated ? w.nothing : w.blind}</span>
      </li>
    );
  return (
    <li class={`technique technique-${worst}`} data-technique={id} data-found={findings}>
      <button type="button" class="link" onClick={() => listFindings(id)}>
        <code>{id}</code>
      </button>{" "}
      <span>
        {w.found(number(language.value, findings))} ({words.value.severity[worst]})
      </span>
    </li>
  );
}
