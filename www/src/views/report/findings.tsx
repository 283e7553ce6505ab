// The findings, the leading ones first. With a thousand of them only those near the window are drawn.

import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { Checked } from "../../engine/check";
import { language, say, words } from "../../i18n";
import { moment, number, period as told } from "../../lib/format";
import { visible } from "../../lib/visible";
import { filter, LEADING, opened, period, showAll, showPeriod, toggle, wanted } from "../../state/report";
import type { Finding } from "../../wire/report";
import { Chunks } from "../chunks";
import { Chevron } from "../icons";
import { isPrinting } from "../print";
import { FindingBody } from "./finding";
import { JudgedMark, judgementOf } from "./judge";

const CHUNK = 12;
const ROW_HEIGHT = 68;

/** A finding holds `needle` in what its head says. */
function holds({ id, title, subject, attack, category }: Finding, needle: string): boolean {
  return [id, title.en, title.ja, subject.value, category ?? "", ...attack].some((part) =>
    part.toLowerCase().includes(needle),
  );
}

/** A finding has its first or last record, or both ends around it, in a period. */
const isWithin = ({ first, last }: Finding, { from, until }: { from: string; until: string }): boolean =>
  first != null &&
  last != null &&
  Date.parse(first) < Date.parse(until) &&
  Date.parse(last) >= Date.parse(from);

export function Findings({ checked }: { checked: Checked }): JSX.Element {
  const w = words.value.report;
  const { findings } = checked.report;
  const needle = filter.value.trim().toLowerCase();
  const when = period.value;
  const all = showAll.value || when !== null || findings.length <= LEADING;
  const shown = useMemo(() => {
    if (!all) return findings.slice(0, LEADING);
    const timed = when ? findings.filter((finding) => isWithin(finding, when)) : findings;
    return needle === "" ? timed : timed.filter((finding) => holds(finding, needle));
  }, [findings, all, needle, when]);
  useWanted(findings, shown);
  if (findings.length === 0) return <p class="none">{w.noFindings}</p>;
  return (
    <>
      {when && (
        <p class="period-shown" role="status">
          {words.value.timeline.period(moment(when.from), moment(when.until))}{" "}
          <button type="button" onClick={() => showPeriod()}>
            {words.value.timeline.all}
          </button>
        </p>
      )}
      {showAll.value && <Filter shown={shown.length} all={findings.length} />}
      <div class="findings">
        <Chunks
          // Another list starts anew, or chunks would keep the heights of other rows.
          key={`${all} ${needle} ${when?.from} ${when?.until}`}
          items={shown}
          rowHeight={ROW_HEIGHT}
          size={CHUNK}
          row={(finding) => <Row key={finding.id} finding={finding} checked={checked} />}
        />
      </div>
      {findings.length > LEADING && (
        <button
          type="button"
          class="more"
          data-action="all-findings"
          onClick={() => {
            period.value = null;
            showAll.value = !showAll.value;
          }}
        >
          {showAll.value ? w.showLeading : w.showAll(number(language.value, findings.length))}
        </button>
      )}
    </>
  );
}

function Filter({ shown, all }: { shown: number; all: number }): JSX.Element {
  const w = words.value.report;
  const l = language.value;
  return (
    <p class="filter">
      <label>
        {w.filter}{" "}
        <input
          type="search"
          value={filter.value}
          spellcheck={false}
          onInput={(event) => (filter.value = event.currentTarget.value)}
        />
      </label>
      <span class="faint" role="status">
        {w.matches(number(l, shown), number(l, all))}
      </span>
    </p>
  );
}

// Frames to wait for a chunk to be drawn once it is in view.
const PATIENCE = 30;

/** Brings the wanted finding into view: shows the whole list where needed, then its chunk, then itself. */
function useWanted(findings: readonly Finding[], shown: readonly Finding[]): void {
  const want = wanted.value;
  useEffect(() => {
    if (!want) return;
    const at = shown.findIndex(({ id }) => id === want.id);
    if (at < 0) {
      if (!findings.some(({ id }) => id === want.id)) return;
      filter.value = "";
      period.value = null;
      showAll.value = true;
      return;
    }
    document.querySelectorAll(".findings > .chunk")[Math.floor(at / CHUNK)]?.scrollIntoView();
    focusWhenDrawn(want.id, PATIENCE);
    wanted.value = null;
  }, [want, shown]);
}

function focusWhenDrawn(id: string, patience: number): void {
  const head = document.querySelector<HTMLElement>(`[data-finding-head="${CSS.escape(id)}"]`);
  if (!head) {
    if (patience > 0) requestAnimationFrame(() => focusWhenDrawn(id, patience - 1));
    return;
  }
  head.focus({ preventScroll: true });
  head.scrollIntoView();
}

function Row({ finding, checked }: { finding: Finding; checked: Checked }): JSX.Element {
  const w = words.value;
  const { id, severity, title, subject, count, outcome, first, last } = finding;
  // On paper the leading findings are open; a list of thousands stays a list.
  const open = opened.value.has(id) || (isPrinting.value && !showAll.value);
  return (
    <article class="finding" data-severity={severity}>
      <h3>
        <button type="button" data-finding-head={id} aria-expanded={open} onClick={() => toggle(id)}>
          <Chevron />
          <span class={`severity severity-${severity}`}>{w.severity[severity]}</span>
          <span class="finding-title">{visible(say(title))}</span>
          <span class="finding-line">
            <span class="id">{id}</span>
            <bdi class="subject">{visible(subject.value)}</bdi>
            <JudgedMark judgement={judgementOf(checked.report, id)} />
            {outcome && <span class={`outcome outcome-${outcome}`}>{w.outcome[outcome]}</span>}
            <span>{w.finding.records(number(language.value, count))}</span>
            <span class="when">{told(first, last)}</span>
          </span>
        </button>
      </h3>
      {open && <FindingBody finding={finding} checked={checked} />}
    </article>
  );
}
