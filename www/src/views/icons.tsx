// The page's few drawings, as inline SVG: the mark of the program and the shapes of the five states.
// Every state has a shape of its own, so that colour is never needed to tell them apart.

import type { JSX } from "preact";
import type { State } from "../wire/report";

/** A checkpoint's gate: two posts, a beam, and the bar that is lifted for who may pass. */
export function Gate(): JSX.Element {
  return (
    <svg class="gate" viewBox="0 0 32 32" aria-hidden="true">
      <path class="gate-posts" d="M7 6v22M25 6v22" />
      <path class="gate-beam" d="M2.5 9.5h27" />
      <path class="gate-bar" d="M7 19h18" />
    </svg>
  );
}

const SHAPES: Record<State, JSX.Element> = {
  // A filled stop sign.
  confirmed: <path class="solid" d="M6.5 1.5h7l5 5v7l-5 5h-7l-5-5v-7z" />,
  // A filled triangle.
  likely: <path class="solid" d="M10 1.8 19 17.6H1z" />,
  // A diamond, half filled.
  possible: (
    <>
      <path class="line" d="M10 1.8 18.2 10 10 18.2 1.8 10z" />
      <path class="solid" d="M10 1.8 18.2 10 10 18.2z" />
    </>
  ),
  // An empty ring: looked, and found nothing in what there was.
  no_evidence: <circle class="line" cx="10" cy="10" r="7.6" />,
  // A broken square with a question.
  cannot_determine: (
    <>
      <rect class="line broken" x="2" y="2" width="16" height="16" rx="1.5" />
      <path class="line" d="M7.4 7.6c.2-1.6 1.3-2.4 2.7-2.4 1.5 0 2.6.9 2.6 2.3 0 2-2.5 2.1-2.6 4.2" />
      <circle class="solid" cx="10.1" cy="14.4" r="1.1" />
    </>
  ),
};

export function StateShape({ state }: { state: State }): JSX.Element {
  return (
    <svg class={`shape shape-${state}`} viewBox="0 0 20 20" aria-hidden="true">
      {SHAPES[state]}
    </svg>
  );
}

export function Chevron(): JSX.Element {
  return (
    <svg class="chevron" viewBox="0 0 12 12" aria-hidden="true">
      <path d="M4 2l4 4-4 4" />
    </svg>
  );
}
