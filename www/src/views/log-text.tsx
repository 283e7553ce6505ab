// Log text on the page: as text, with what matched marked and nothing hidden. Always left to right
// in the order of the bytes, whatever characters it holds.

import { Fragment, type JSX } from "preact";
import { stretches, type Stretch } from "../lib/visible";

interface Props {
  readonly text: string;
  readonly mark?: readonly [number, number] | null | undefined;
}

function piece({ text, standIn }: Stretch): JSX.Element {
  return standIn ? <span class="unseen">{text}</span> : <>{text}</>;
}

/** One `<mark>` for a run of marked stretches, so that it is read out as one. */
function runs(all: readonly Stretch[]): Stretch[][] {
  const grouped: Stretch[][] = [];
  for (const stretch of all) {
    const last = grouped.at(-1);
    if (last && last[0]?.marked === stretch.marked) last.push(stretch);
    else grouped.push([stretch]);
  }
  return grouped;
}

export function LogText({ text, mark }: Props): JSX.Element {
  return (
    <bdi class="log-text" dir="ltr" lang="" translate={false}>
      {runs(stretches(text, mark)).map((run, at) => {
        const pieces = run.map((stretch, inner) => <Fragment key={inner}>{piece(stretch)}</Fragment>);
        return run[0]?.marked ? <mark key={at}>{pieces}</mark> : <Fragment key={at}>{pieces}</Fragment>;
      })}
    </bdi>
  );
}
