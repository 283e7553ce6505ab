// A tour of the report of a sample case: what stands where, in a few steps, left at any time.

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { exercises } from "../i18n/exercise";
import { trainingOf } from "../lib/training";
import { screen, startCase } from "../state/app";
import { isExploring } from "../state/explore";

const CASE = "T1-1";

/** What each step points at, in the order of its words. */
const PLACES = [
  "#answer",
  "#questions",
  "#findings",
  "#entities",
  "#timeline",
  "#coverage",
  "[data-action=explore]",
  ".exports",
];

/** The step that shows; none where there is no tour. */
const step = signal<number | undefined>(undefined);

export function StartTour(): JSX.Element {
  const begin = () => {
    step.value = 0;
    // The screen tells how it goes.
    void startCase(CASE).catch(() => undefined);
  };
  return (
    <button type="button" data-action="tour" onClick={begin}>
      {exercises.value.tour.begin}
    </button>
  );
}

export function Tour(): JSX.Element | null {
  const now = screen.value;
  const at = step.value;
  const isThere = now.kind === "done" && trainingOf(now.checked.report) === CASE && !isExploring.value;
  const shown = isThere && at !== undefined && at < PLACES.length;
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (now.kind === "start" || now.kind === "failed") step.value = undefined;
  }, [now.kind]);
  useEffect(() => {
    if (!shown) return;
    const place = document.querySelector(PLACES[at] ?? "");
    place?.scrollIntoView({ block: "start" });
    place?.classList.add("toured");
    head.current?.focus({ preventScroll: true });
    return () => place?.classList.remove("toured");
  }, [shown, at]);
  if (!shown) return null;
  const w = exercises.value.tour;
  const words = w.steps[at];
  const isLast = at === PLACES.length - 1;
  const end = () => (step.value = undefined);
  return (
    <aside
      class="tour panel"
      aria-label={w.begin}
      data-tour={at}
      onKeyDown={(event) => event.key === "Escape" && end()}
    >
      <h2 ref={head} tabIndex={-1}>
        {w.step(String(at + 1), String(PLACES.length))} {words?.title}
      </h2>
      <p>{words?.text}</p>
      <div class="buttons">
        <button
          type="button"
          class="main"
          data-action="tour-next"
          onClick={() => (step.value = isLast ? undefined : at + 1)}
        >
          {isLast ? w.end : w.next}
        </button>
        {at > 0 && (
          <button type="button" data-action="tour-back" onClick={() => (step.value = at - 1)}>
            {w.back}
          </button>
        )}
        {!isLast && (
          <button type="button" data-action="tour-skip" onClick={end}>
            {w.skip}
          </button>
        )}
      </div>
    </aside>
  );
}
