// Activity over time, as bars that the arrow keys walk along, and as a table.

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { language, words } from "../../i18n";
import { duration, moment, number } from "../../lib/format";
import type { Bucket, Timeline } from "../../wire/report";
import { Chunks } from "../chunks";
import { Table } from "./table";

const HEIGHT = 120;

/** Buckets by their place in time; places without a bucket hold no records. */
interface Axis {
  readonly slots: number;
  readonly slotOf: readonly number[];
  readonly most: number;
}

function axisOf({ buckets, bucket_secs }: Timeline): Axis {
  const start = Date.parse(buckets[0]?.from ?? "");
  const slotOf = buckets.map(({ from }) =>
    Math.round((Date.parse(from) - start) / 1000 / Math.max(1, bucket_secs)),
  );
  return {
    slots: (slotOf.at(-1) ?? 0) + 1,
    slotOf,
    most: buckets.reduce((most, { records }) => Math.max(most, records), 1),
  };
}

export function TimelineSection({ timeline }: { timeline: Timeline }): JSX.Element {
  const w = words.value.timeline;
  const l = language.value;
  const { buckets, bucket_secs } = timeline;
  if (buckets.length === 0) return <p class="none">{w.none}</p>;
  const sum = (part: "records" | "errors") =>
    number(
      l,
      buckets.reduce((total, bucket) => total + bucket[part], 0),
    );
  const text = w.describe(number(l, buckets.length), duration(l, bucket_secs), sum("records"), sum("errors"));
  const heads = [`${w.from} (UTC)`, w.records, w.errors];
  return (
    <>
      <p class="intro">{text}</p>
      <Chart timeline={timeline} text={text} />
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

function Chart({ timeline, text }: { timeline: Timeline; text: string }): JSX.Element {
  const w = words.value.timeline;
  const { buckets } = timeline;
  const axis = useMemo(() => axisOf(timeline), [timeline]);
  const [at, setAt] = useState(() => buckets.findIndex(({ records }) => records === axis.most));
  const now = buckets[at];
  const l = language.value;
  const spoken = now ? w.readout(moment(now.from), number(l, now.records), number(l, now.errors)) : "";
  const point = (event: PointerEvent & { currentTarget: SVGElement }) => {
    const box = event.currentTarget.getBoundingClientRect();
    const slot = Math.floor(((event.clientX - box.left) / box.width) * axis.slots);
    setAt(nearest(axis.slotOf, slot));
  };
  return (
    <figure class="timeline">
      <div
        class="timeline-plot"
        role="slider"
        tabIndex={0}
        aria-label={`${text} ${w.keys}`}
        aria-valuemin={1}
        aria-valuemax={buckets.length}
        aria-valuenow={at + 1}
        aria-valuetext={spoken}
        onKeyDown={(event) => walk(event, at, buckets.length, setAt)}
      >
        <span class="timeline-most">{number(l, axis.most)}</span>
        <svg
          viewBox={`0 0 ${axis.slots} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
          onPointerMove={point}
          onPointerDown={point}
        >
          {now && <rect class="bar-now" x={axis.slotOf[at] ?? 0} y={0} width={1} height={HEIGHT} />}
          <Bars buckets={buckets} axis={axis} />
        </svg>
      </div>
      <div class="timeline-ends" aria-hidden="true">
        <span>{moment(buckets[0]?.from ?? "")}</span>
        <span>{moment(buckets.at(-1)?.from ?? "")} UTC</span>
      </div>
      <figcaption>
        <span class="legend legend-records">{w.records}</span>
        <span class="legend legend-errors">{w.errors}</span>
        <output>{spoken}</output>
      </figcaption>
    </figure>
  );
}

function Bars({ buckets, axis }: { buckets: readonly Bucket[]; axis: Axis }): JSX.Element {
  // One path for each colour: four hundred rectangles would cost four hundred elements.
  const path = (part: "records" | "errors") =>
    buckets
      .map((bucket, at) => {
        const high = bucket[part] === 0 ? 0 : Math.max(1, (bucket[part] / axis.most) * HEIGHT);
        return `M${(axis.slotOf[at] ?? 0) + 0.1} ${HEIGHT}v${-high}h.8v${high}z`;
      })
      .join("");
  return (
    <>
      <path class="bar-records" d={path("records")} />
      <path class="bar-errors" d={path("errors")} />
    </>
  );
}

function nearest(slots: readonly number[], slot: number): number {
  let best = 0;
  for (const [at, one] of slots.entries())
    if (Math.abs(one - slot) < Math.abs((slots[best] ?? 0) - slot)) best = at;
  return best;
}

function walk(event: KeyboardEvent, at: number, count: number, set: (at: number) => void): void {
  const steps: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    Home: 0,
    End: count - 1,
  };
  const to = steps[event.key];
  if (to === undefined) return;
  event.preventDefault();
  set(Math.max(0, Math.min(count - 1, to)));
}
