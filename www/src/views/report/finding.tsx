// One finding opened: why it was concluded, what else could explain it, and the lines that prove it.

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { Checked } from "../../engine/check";
import { language, say, words } from "../../i18n";
import { bytes, momentUtc, number } from "../../lib/format";
import { visible } from "../../lib/visible";
import { hasLogs } from "../../state/cases";
import { catalogue, messageOf } from "../../state/engine";
import { MAX_ROWS, rowsOf } from "../../state/report";
import type { Evidence, Finding } from "../../wire/report";
import { Chunks } from "../chunks";
import { EvidenceRow } from "./evidence";
import { JudgePanel } from "./judge";

export function FindingBody({ finding, checked }: { finding: Finding; checked: Checked }): JSX.Element {
  const w = words.value.finding;
  const card = catalogue.value?.detections.find(({ id }) => id === finding.detector);
  return (
    <div class="finding-body">
      <div class="finding-prose">
        <Prose title={w.reason}>{visible(say(finding.reason))}</Prose>
        <Prose title={w.innocent}>{visible(say(finding.innocent))}</Prose>
        {card && <Prose title={w.matters}>{say(card.why)}</Prose>}
      </div>
      <FindingFacts finding={finding} />
      <JudgePanel id={finding.id} report={checked.report} />
      <EvidenceList finding={finding} checked={checked} />
    </div>
  );
}

function Prose({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <h4>{title}</h4>
      <p>{children}</p>
    </div>
  );
}

function FindingFacts({ finding }: { finding: Finding }): JSX.Element {
  const { finding: w, confidence, grade, subject } = words.value;
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    [w.subject, `${subject[finding.subject.kind]} ${visible(finding.subject.value)}`],
    [w.first, momentUtc(finding.first)],
    [w.last, momentUtc(finding.last)],
    [w.count, number(language.value, finding.count)],
    [w.confidence, confidence[finding.confidence]],
    [w.grade, `${finding.grade}: ${grade[finding.grade]}`],
    [w.attack, finding.attack.join(", ")],
    [w.category, finding.category],
    [w.rule, finding.rule && visible(finding.rule)],
  ];
  return (
    <dl class="finding-facts">
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

type More =
  | { readonly kind: "no" }
  | { readonly kind: "reading"; readonly bytes: number }
  | { readonly kind: "rows"; readonly rows: readonly Evidence[] }
  | { readonly kind: "failed"; readonly message: string };

function EvidenceList({ finding, checked }: { finding: Finding; checked: Checked }): JSX.Element {
  const w = words.value.finding;
  const l = language.value;
  const [more, setMore] = useState<More>({ kind: "no" });
  const rows = more.kind === "rows" ? more.rows : finding.evidence;
  const open = async () => {
    setMore({ kind: "reading", bytes: 0 });
    try {
      const rows = await rowsOf(checked, finding.id, (bytes) => setMore({ kind: "reading", bytes }));
      setMore({ kind: "rows", rows });
    } catch (error) {
      setMore({ kind: "failed", message: messageOf(error) });
    }
  };
  return (
    <div class="evidence-list">
      <h4>
        {w.evidence} <span class="faint">{w.shown(number(l, rows.length), number(l, finding.count))}</span>
      </h4>
      <div class="evidence-rows">
        <Chunks
          key={more.kind === "rows" ? "all" : "some"}
          items={rows}
          rowHeight={92}
          size={30}
          row={(evidence) => (
            <EvidenceRow
              key={`${evidence.stream}:${evidence.offset}`}
              evidence={evidence}
              checked={checked}
              rule={finding.rule}
            />
          )}
        />
      </div>
      {hasLogs(checked) && more.kind !== "rows" && rows.length < finding.count && (
        <button
          type="button"
          class="more"
          data-action="all-rows"
          disabled={more.kind === "reading"}
          onClick={() => void open()}
        >
          {more.kind === "reading"
            ? `${w.reading} ${bytes(l, more.bytes)}`
            : w.showAll(number(l, finding.count))}
        </button>
      )}
      {more.kind === "rows" && rows.length < finding.count && (
        <p class="faint">{w.capped(number(l, Math.min(rows.length, MAX_ROWS)))}</p>
      )}
      {more.kind === "failed" && (
        <p class="field-error" role="alert">
          {w.rowsFailed} {more.message}
        </p>
      )}
    </div>
  );
}
