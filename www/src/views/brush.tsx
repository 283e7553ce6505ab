// Counts over time, as bars of which a part can be marked: with the pointer by drawing over it, with
// the keyboard by the arrow keys, with Shift to mark and Enter to apply.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { language, words } from "../i18n";
import { moment, number } from "../lib/format";

const HEIGHT = 90;

/** A step with records. `from`: seconds since 1970. */
export interface TimeStep {
  readonly from: number;
  readonly records: number;
  readonly errors: number;
}

interface Props {
  readonly steps: readonly TimeStep[];
  /** Seconds of a step. */
  readonly width: number;
  readonly label: string;
  /** Takes a period, RFC 3339: from the first on, before the second. */
  readonly apply: (from: string, until: string) => void;
  readonly applyLabel: string;
  /** Drawn above the bars, by slots. */
  readonly above?: (axis: Axis) => ComponentChildren;
}

/** Steps by their place in time; places without one hold no records. */
export interface Axis {
  readonly start: number;
  readonly width: number;
  readonly slots: number;
  readonly most: number;
}

export function axisOf(steps: readonly TimeStep[], width: number): Axis {
  const start = steps[0]?.from ?? 0;
  const last = steps.at(-1)?.from ?? start;
  return {
    start,
    width,
    slots: Math.round((last - start) / width) + 1,
    most: steps.reduce((most, { records }) => Math.max(most, records), 1),
  };
}

/** `2021-05-06T01:02:03Z`. */
export const rfc3339 = (secs: number): string => new Date(secs * 1000).toISOString().replace(".000", "");

export function Brush({ steps, width, label, apply, applyLabel, above }: Props): JSX.Element {
  const w = words.value.brush;
  const l = language.value;
  const axis = useMemo(() => axisOf(steps, width), [steps, width]);
  const { slots } = axis;
  const [at, setAt] = useState(0);
  const [anchor, setAnchor] = useState<number | undefined>();
  // Other bars begin unmarked.
  useEffect(() => {
    setAt(0);
    setAnchor(undefined);
  }, [steps]);
  const bySlot = useMemo(
    () => new Map(steps.map((step) => [Math.round((step.from - axis.start) / width), step])),
    [steps],
  );
  const [from, until] = [Math.min(at, anchor ?? at), Math.max(at, anchor ?? at)];
  const time = (slot: number) => rfc3339(axis.start + slot * width);
  const marked = { from: time(from), until: time(until + 1) };
  let records = 0;
  for (let slot = from; slot <= until; slot++) records += bySlot.get(slot)?.records ?? 0;
  const spoken = w.marked(moment(marked.from), moment(marked.until), number(l, records));
  const slotOf = (event: PointerEvent & { currentTarget: Element }) => {
    const box = event.currentTarget.getBoundingClientRect();
    const slot = Math.floor(((event.clientX - box.left) / box.width) * slots);
    return Math.max(0, Math.min(slots - 1, slot));
  };
  const use = () => {
    apply(marked.from, marked.until);
    setAnchor(undefined);
  };
  const walk = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.round(slots / 10));
    const to: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      PageUp: at - page,
      PageDown: at + page,
      Home: 0,
      End: slots - 1,
    };
    const next = to[event.key];
    if (event.key === "Enter") use();
    else if (next === undefined) return;
    else {
      setAnchor(event.shiftKey ? (anchor ?? at) : undefined);
      setAt(Math.max(0, Math.min(slots - 1, next)));
    }
    event.preventDefault();
  };
  return (
    <figure class="brush">
      <div
        class="brush-plot"
        role="slider"
        tabIndex={0}
        aria-label={`${label} ${w.keys}`}
        aria-valuemin={1}
        aria-valuemax={slots}
        aria-valuenow={at + 1}
        aria-valuetext={spoken}
        onKeyDown={walk}
      >
        <span class="timeline-most">{number(l, axis.most)}</span>
        {above?.(axis)}
        <svg
          viewBox={`0 0 ${slots} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            setAnchor(slotOf(event));
            setAt(slotOf(event));
          }}
          onPointerMove={(event) => {
            if (event.buttons === 1 && anchor !== undefined) setAt(slotOf(event));
          }}
        >
          <rect class="bar-now" x={from} y={0} width={until - from + 1} height={HEIGHT} />
          <Bars steps={steps} axis={axis} />
        </svg>
      </div>
      <div class="timeline-ends" aria-hidden="true">
        <span>{moment(time(0))}</span>
        <span>{moment(time(slots))} UTC</span>
      </div>
      <figcaption>
        <output>{spoken}</output>
        <button type="button" data-action="apply-period" onClick={use}>
          {applyLabel}
        </button>
      </figcaption>
    </figure>
  );
}

function Bars({ steps, axis }: { steps: readonly TimeStep[]; axis: Axis }): JSX.Element {
  // One path for each colour: hundreds of rectangles would cost hundreds of elements.
  const path = (part: "records" | "errors") =>
    steps
      .map((step) => {
        const high = step[part] === 0 ? 0 : Math.max(1.5, (step[part] / axis.most) * HEIGHT);
        const slot = Math.round((step.from - axis.start) / axis.width);
        return `M${slot + 0.06} ${HEIGHT}v${-high}h.88v${high}z`;
      })
      .join("");
  return (
    <>
      <path class="bar-records" d={path("records")} />
      <path class="bar-errors" d={path("errors")} />
    </>
  );
}
