// Activity and findings over time: a part of it can be marked, to see the findings and the events of
// that time only. The same stands below as a table.

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Checked } from "../../engine/check";
import { language, words } from "../../i18n";
import { duration, moment, number } from "../../lib/format";
import { hasLogs } from "../../state/cases";
import { explore } from "../../state/explore";
import { period, showPeriod } from "../../state/report";
import type { Finding, Severity } from "../../wire/report";
import { Brush, type Axis } from "../brush";
import { Chunks } from "../chunks";
import { Table } from "./table";

/** From the worst down: each has a lane of its own. */
const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "info"];
const LANE = 9;

export function TimelineSection({ checked }: { checked: Checked }): JSX.Element {
  const { timeline, findings } = checked.report;
  const w = words.value.timeline;
  const l = language.value;
  const { buckets, bucket_secs } = timeline;
  const sum = (part: "records" | "errors") =>
    number(
      l,
      buckets.reduce((total, bucket) => total + bucket[part], 0),
    );
  const text = w.describe(number(l, buckets.length), duration(l, bucket_secs), sum("records"), sum("errors"));
  const steps = useMemo(
    () => buckets.map(({ from, ...counts }) => ({ from: Date.parse(from) / 1000, ...counts })),
    [timeline],
  );
  const heads = [`${w.from} (UTC)`, w.records, w.errors];
  if (buckets.length === 0) return <p class="none">{w.none}</p>;
  return (
    <>
      <p class="intro">{text}</p>
      <Brush
        steps={steps}
        width={Math.max(1, bucket_secs)}
        label={text}
        apply={showPeriod}
        applyLabel={w.showPeriod}
        above={(axis) => <Lanes findings={findings} axis={axis} />}
      />
      <Legend />
      <Marked checked={checked} />
      <details>
        <summary>{w.table}</summary>
        <Table label={w.table} heads={heads} numeric={[1, 2]}>
          <Chunks
            as="tbody"
            columns={heads.length}
            items={buckets}
            rowHeight={33}
            row={({ from, records, errors }) => (
              <tr key={from}>
                <th scope="row" class="when">
                  {moment(from)}
                </th>
                <td class="number">{number(l, records)}</td>
                <td class="number">{number(l, errors)}</td>
              </tr>
            )}
          />
        </Table>
      </details>
    </>
  );
}

/** The findings above the bars: a lane for each severity, filled where one of its findings has records. */
function Lanes({ findings, axis }: { findings: readonly Finding[]; axis: Axis }): JSX.Element {
  const lanes = useMemo(() => SEVERITIES.map((severity) => lane(findings, severity, axis)), [findings, axis]);
  return (
    <svg
      class="lanes"
      viewBox={`0 0 ${axis.slots} ${SEVERITIES.length * LANE}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {lanes.map((spans, at) => (
        <path
          key={at}
          class={`lane lane-${SEVERITIES[at]}`}
          d={spans.map(([from, to]) => `M${from} ${at * LANE + 1}H${to}v${LANE - 2}H${from}z`).join("")}
        />
      ))}
    </svg>
  );
}

/** The slots, as spans, in which findings of a severity have records: from their first to their last. */
function lane(findings: readonly Finding[], severity: Severity, { start, width, slots }: Axis) {
  const slot = (time: string) => Math.floor((Date.parse(time) / 1000 - start) / width);
  const spans = findings
    .filter((finding) => finding.severity === severity && finding.first && finding.last)
    .map(({ first, last }) => [slot(first as string), slot(last as string) + 1] as [number, number])
    .filter(([from, to]) => to > 0 && from < slots)
    .sort(([a], [b]) => a - b);
  const joined: [number, number][] = [];
  for (const [from, to] of spans) {
    const before = joined.at(-1);
    if (before && from <= before[1]) before[1] = Math.max(before[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

function Legend(): JSX.Element {
  const w = words.value.timeline;
  return (
    <p class="legends">
      <span class="legend legend-records">{w.records}</span>
      <span class="legend legend-errors">{w.errors}</span>
      <span class="legend-lanes">
        {w.lanes} {SEVERITIES.map((severity) => words.value.severity[severity]).join(" · ")}
      </span>
    </p>
  );
}

/** The period that findings are narrowed to. */
function Marked({ checked }: { checked: Checked }): JSX.Element | null {
  const w = words.value.timeline;
  const now = period.value;
  if (!now) return null;
  return (
    <p class="period-shown" role="status" data-period={now.from}>
      {w.period(moment(now.from), moment(now.until))}{" "}
      {hasLogs(checked) && (
        <button
          type="button"
          data-action="explore-period"
          onClick={() => void explore(checked, `time>=${now.from} time<${now.until}`)}
        >
          {w.explore}
        </button>
      )}{" "}
      <button type="button" data-action="all-times" onClick={() => showPeriod()}>
        {w.all}
      </button>
    </p>
  );
}
