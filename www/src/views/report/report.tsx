// The report: the answer first, then what it rests on, then what the logs cannot tell.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useErrorBoundary, useRef, useState } from "preact/hooks";
import type { Checked } from "../../engine/check";
import { language, words } from "../../i18n";
import { number } from "../../lib/format";
import { leave } from "../../state/app";
import { hasLogs } from "../../state/cases";
import { recipientOf } from "../../state/giveback";
import { messageOf } from "../../state/engine";
import { explore } from "../../state/explore";
import { RefusedList } from "../failed";
import { Inspect } from "../inspect";
import { ListsView } from "../lists";
import { RuleSetView, WriteRule } from "../rules";
import { handing } from "../../i18n/handing";
import { results } from "../../i18n/results";
import { Answer } from "./answer";
import { AttackMatrix } from "./attack";
import { Compare } from "./compare";
import { CoverageSection } from "./coverage";
import { Custody } from "./custody";
import { Entities } from "./entities";
import { Exports } from "./exports";
import { Findings } from "./findings";
import { GiveBack } from "./giveback";
import { Incidents } from "./incidents";
import { CaseTools, OpenedNote, SetAside } from "./judge";
import { Limits } from "./limits";
import { Papers } from "./papers";
import { Parties } from "./parties";
import { Questions } from "./questions";
import { Secrets } from "./secrets";
import { Sources } from "./sources";
import { TimelineSection } from "./timeline";
import { UnparsedSection } from "./unparsed";

interface SectionEntry {
  readonly id: keyof ReturnType<typeof titles>;
  readonly count: number | undefined;
  readonly body: () => JSX.Element;
}

const titles = () => {
  const { questions, incidents, findings, entities, timeline, coverage, sources, limits, unparsed, custody } =
    words.value.report;
  const { title: rules } = words.value.rules;
  const { title: lists } = words.value.lists;
  const { title: attack } = words.value.attack;
  const { parties, secrets, papers, compare, inspect } = handing.value;
  return {
    giveback: results.value.give.title,
    parties: parties.title,
    secrets: secrets.title,
    papers: papers.title,
    compare: compare.title,
    inspect: inspect.title,
    questions,
    incidents,
    findings,
    entities,
    timeline,
    coverage,
    sources,
    limits,
    rules,
    lists,
    unparsed,
    custody,
    attack,
  };
};

function sectionsOf(checked: Checked): SectionEntry[] {
  const { report, rules, lists } = checked;
  const ofRules = rules && {
    id: "rules" as const,
    count: rules.rules,
    body: () => <RuleSetView about={rules} />,
  };
  const ofLists = lists && {
    id: "lists" as const,
    count: lists.ids.length,
    body: () => <ListsView about={lists} />,
  };
  const { incidents, findings } = report;
  const ofIncidents = {
    id: "incidents" as const,
    count: incidents.length,
    body: () => <Incidents incidents={incidents} findings={findings} />,
  };
  const ofGiving = {
    id: "giveback" as const,
    count: undefined,
    body: () => <GiveBack checked={checked} />,
  };
  // Who was asked by a vendor looks for it first.
  const isAsked = recipientOf(report) !== undefined;
  return [
    { id: "questions", count: undefined, body: () => <Questions questions={report.questions} /> },
    ...(isAsked ? [ofGiving] : []),
    ...(incidents.length > 0 ? [ofIncidents] : []),
    {
      id: "findings",
      count: report.findings.length,
      body: () => (
        <>
          <SetAside report={report} />
          <Findings checked={checked} />
        </>
      ),
    },
    ...ofHanding(checked),
    { id: "entities", count: report.entities.length, body: () => <Entities checked={checked} /> },
    { id: "timeline", count: undefined, body: () => <TimelineSection checked={checked} /> },
    { id: "attack", count: undefined, body: () => <AttackMatrix report={report} /> },
    {
      id: "coverage",
      count: undefined,
      body: () => <CoverageSection coverage={report.coverage} />,
    },
    {
      id: "limits",
      count: report.not_evaluable.length,
      body: () => <Limits limits={report.not_evaluable} />,
    },
    ...(ofRules ? [ofRules] : []),
    ...(ofLists ? [ofLists] : []),
    { id: "sources", count: report.sources.length, body: () => <Sources checked={checked} /> },
    { id: "unparsed", count: report.unparsed.length, body: () => <UnparsedSection report={report} /> },
    { id: "inspect", count: undefined, body: () => <Inspect checked={checked} /> },
    ...(isAsked ? [] : [ofGiving]),
    { id: "papers", count: undefined, body: () => <Papers checked={checked} /> },
    { id: "compare", count: undefined, body: () => <Compare checked={checked} /> },
    { id: "custody", count: undefined, body: () => <Custody report={report} /> },
  ];
}

/** Whose data was reached and what is to be changed, where there is something. */
function ofHanding(checked: Checked): SectionEntry[] {
  const { affected = [], secrets = [] } = checked.report;
  const entries: SectionEntry[] = [];
  if (affected.length > 0)
    entries.push({ id: "parties", count: affected.length, body: () => <Parties checked={checked} /> });
  if (secrets.length > 0)
    entries.push({ id: "secrets", count: secrets.length, body: () => <Secrets secrets={secrets} /> });
  return entries;
}

export function ReportView({ checked }: { checked: Checked }): JSX.Element {
  const w = words.value.report;
  const sections = sectionsOf(checked);
  const drawn = useStages(sections.length, checked.report.incidents.length > 0 ? 3 : 2);
  const answer = useRef<HTMLElement>(null);
  // The answer is what the reader waited for: the focus and the view begin there.
  useEffect(() => {
    answer.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
    // Judging changes the report and neither its files nor where the reader is.
  }, [checked.files]);
  return (
    <div class="report">
      <Contents sections={sections} drawn={drawn} />
      <main>
        <section class="answer" id="answer" ref={answer} tabIndex={-1} aria-label={w.answer}>
          <Answer report={checked.report} />
          <OpenedNote opened={checked.opened} />
          <div class="report-tools">
            <Exports checked={checked} />
            {hasLogs(checked) && <WriteRule checked={checked} />}
            {hasLogs(checked) && (
              <button type="button" data-action="explore" onClick={() => void explore(checked)}>
                {words.value.explore.open}
              </button>
            )}
            <CaseTools checked={checked} />
            <button type="button" class="main" data-action="other" onClick={() => void leave()}>
              {w.other}
            </button>
          </div>
        </section>
        {checked.refused.length > 0 && (
          <section class="panel alarm" role="alert">
            <h2>{w.refusedTitle}</h2>
            <p>{w.refused}</p>
            <RefusedList refused={checked.refused} />
          </section>
        )}
        {sections.slice(0, drawn).map(({ id, count, body }) => (
          <Section key={id} id={id} title={titles()[id]} count={count}>
            {body()}
          </Section>
        ))}
      </main>
    </div>
  );
}

/** Draws the questions and what was found at once and the sections below one by one, each in a turn of its own. */
function useStages(all: number, atOnce: number): number {
  const [drawn, setDrawn] = useState(atOnce);
  useEffect(() => {
    if (drawn >= all) return;
    const turn = setTimeout(() => setDrawn(drawn + 1));
    return () => clearTimeout(turn);
  }, [drawn, all]);
  return drawn;
}

interface SectionProps {
  readonly id: string;
  readonly title: string;
  readonly count: number | undefined;
  readonly children: ComponentChildren;
}

function Section({ id, title, count, children }: SectionProps): JSX.Element {
  return (
    <section id={id} class="section" tabIndex={-1} aria-labelledby={`${id}-title`} data-section>
      <h2 id={`${id}-title`}>
        {title} {count !== undefined && <span class="count">{number(language.value, count)}</span>}
      </h2>
      <Whole>{children}</Whole>
    </section>
  );
}

/** A fault of one section takes none of the others away. */
function Whole({ children }: { children: ComponentChildren }): JSX.Element {
  const [fault] = useErrorBoundary(console.error);
  if (fault === undefined) return <>{children}</>;
  return (
    <p class="field-error" role="alert">
      {words.value.report.notDrawn(messageOf(fault))}
    </p>
  );
}

/** Buttons, not links: a link inside a sandboxed document would be a navigation, which is not let out. */
function Contents({ sections, drawn }: { sections: readonly SectionEntry[]; drawn: number }): JSX.Element {
  const w = words.value.report;
  const current = useCurrentSection(drawn);
  const nav = useRef<HTMLElement>(null);
  useEffect(() => keepInSight(nav.current), [current]);
  const go = (id: string) => {
    const target = document.getElementById(id);
    target?.focus({ preventScroll: true });
    target?.scrollIntoView();
  };
  const entries = [
    { id: "answer", title: w.answer, count: undefined },
    ...sections.map(({ id, count }) => ({ id, title: titles()[id], count })),
  ];
  return (
    <nav class="contents" ref={nav} aria-label={w.sections}>
      <ul>
        {entries.map(({ id, title, count }) => (
          <li key={id}>
            <button type="button" aria-current={current === id ? "true" : undefined} onClick={() => go(id)}>
              {title}{" "}
              {count !== undefined && count > 0 && <span class="count">{number(language.value, count)}</span>}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** In narrow windows the contents are one line, which follows where the reader is. */
function keepInSight(nav: HTMLElement | null): void {
  const entry = nav?.querySelector<HTMLElement>("[aria-current]");
  if (nav && entry) nav.scrollTo({ left: entry.offsetLeft - nav.clientWidth / 3 });
}

/** The section at the top of the window, of those drawn. */
function useCurrentSection(drawn: number): string {
  const [current, setCurrent] = useState("answer");
  useEffect(() => {
    const inView = new Set<Element>();
    const all = [...document.querySelectorAll("#answer, [data-section]")];
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries)
          isIntersecting ? inView.add(target) : inView.delete(target);
        const first = all.find((section) => inView.has(section));
        if (first) setCurrent(first.id);
      },
      { root: document, rootMargin: "-12% 0px -70% 0px" },
    );
    for (const section of all) observer.observe(section);
    return () => observer.disconnect();
  }, [drawn]);
  return current;
}
