// All events of a report: a query with completion, what is found over time and by value, a table of
// all of it, and who came from where.

import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { Checked } from "../../engine/check";
import { language, words } from "../../i18n";
import { number, percent } from "../../lib/format";
import {
  answer,
  cancelExploring,
  cancelSeeking,
  explore,
  exploring,
  isExploring,
  narrowTime,
  seeking,
  tab,
} from "../../state/explore";
import { Brush } from "../brush";
import { CopyTools } from "./copy";
import { Crossed } from "./crossed";
import { Facets } from "./facets";
import { QueryField } from "./query-field";
import { EventTable } from "./event-table";

export function Explore({ checked }: { checked: Checked }): JSX.Element {
  const w = words.value.explore;
  const now = exploring.value;
  useEffect(() => scrollTo(0, 0), []);
  return (
    <main class="explore" data-exploring={now.kind}>
      <div class="explore-head">
        <h1>{w.title}</h1>
        <button type="button" data-action="report" onClick={() => (isExploring.value = false)}>
          {w.back}
        </button>
      </div>
      {now.kind === "loading" && <Loading share={now.share} />}
      {now.kind === "failed" && (
        <div class="panel alarm" role="alert">
          <p>{w.failed}</p>
          <pre class="said">{now.message}</pre>
          <button type="button" onClick={() => void explore(checked)}>
            {w.again}
          </button>
        </div>
      )}
      {now.kind === "ready" && <Ready checked={checked} />}
    </main>
  );
}

function Loading({ share }: { share: number }): JSX.Element {
  const w = words.value.explore;
  return (
    <section class="whole">
      <p role="status">{w.loading}</p>
      <progress max={1} value={share} aria-label={w.loading} />
      <button type="button" data-action="cancel-exploring" onClick={cancelExploring}>
        {words.value.checking.cancel}
      </button>
    </section>
  );
}

function Ready({ checked }: { checked: Checked }): JSX.Element {
  const w = words.value.explore;
  const found = answer.value;
  return (
    <>
      <QueryField />
      {seeking.value !== null && <Seeking share={seeking.value} />}
      {found && (
        <>
          <div class="explore-line">
            <p role="status" data-found={found.found} data-events={found.events}>
              {w.found(number(language.value, found.found), number(language.value, found.events))}
            </p>
            <div class="switch" role="group" aria-label={w.views}>
              {(["events", "crossed"] as const).map((one) => (
                <button
                  type="button"
                  key={one}
                  data-tab={one}
                  aria-pressed={tab.value === one}
                  onClick={() => (tab.value = one)}
                >
                  {w.tab[one]}
                </button>
              ))}
            </div>
            <CopyTools found={found.found} />
          </div>
          {found.left_out > 0 && (
            <p class="panel warning" role="alert">
              {w.leftOut(number(language.value, found.left_out))}
            </p>
          )}
          <Over />
          {tab.value === "events" ? (
            <div class="explore-body">
              <Facets facets={found.facets} />
              <EventTable checked={checked} found={found.found} />
            </div>
          ) : (
            <Crossed answer={found} />
          )}
        </>
      )}
    </>
  );
}

function Seeking({ share }: { share: number }): JSX.Element {
  const w = words.value.explore;
  return (
    <div class="seeking">
      <p role="status">
        {w.seeking} {percent(language.value, share, 1)}
      </p>
      <progress max={1} value={share} aria-label={w.seeking} />
      <button type="button" data-action="cancel-seeking" onClick={cancelSeeking}>
        {words.value.checking.cancel}
      </button>
    </div>
  );
}

/** What was found over time; a part that is marked narrows the query. */
function Over(): JSX.Element | null {
  const found = answer.value;
  const w = words.value.explore;
  const steps = useMemo(
    () => (found?.steps ?? []).map(([from, events]) => ({ from, records: events, errors: 0 })),
    [found],
  );
  if (!found || steps.length === 0) return null;
  return (
    <Brush steps={steps} width={found.step_secs} label={w.over} apply={narrowTime} applyLabel={w.narrow} />
  );
}
