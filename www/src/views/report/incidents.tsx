// Findings that belong together, each incident told in order of time.

import type { JSX } from "preact";
import { say, words } from "../../i18n";
import { moment, period } from "../../lib/format";
import { visible } from "../../lib/visible";
import type { Finding, Incident, Step } from "../../wire/report";
import { FindingLinks } from "./questions";
import { Table } from "./table";

// Steps of one incident that are drawn; its findings are all in their own list.
const STEPS = 50;

interface Props {
  readonly incidents: readonly Incident[];
  readonly findings: readonly Finding[];
}

export function Incidents({ incidents, findings }: Props): JSX.Element {
  const titles = new Map(findings.map(({ id, title }) => [id, title]));
  const titleOf = (id: string): string => {
    const title = titles.get(id);
    return title ? visible(say(title)) : "";
  };
  return (
    <>
      {incidents.map((incident) => (
        <One key={incident.id} incident={incident} titleOf={titleOf} />
      ))}
    </>
  );
}

function One({ incident, titleOf }: { incident: Incident; titleOf: (id: string) => string }): JSX.Element {
  const { id, severity, title, first, last, reason, story } = incident;
  const w = words.value;
  const heads = [`${w.finding.first} (UTC)`, w.report.tactic, w.report.findings];
  const left = story.length - STEPS;
  return (
    <section class="panel" data-incident={id}>
      <h3>
        <span class={`severity severity-${severity}`}>{w.severity[severity]}</span>{" "}
        <bdi>{visible(say(title))}</bdi>
      </h3>
      <p class="when">{period(first, last)}</p>
      <p>{say(reason)}</p>
      <Table label={visible(say(title))} heads={heads}>
        <tbody>
          {story.slice(0, STEPS).map((step) => (
            <Row key={step.finding} step={step} title={titleOf(step.finding)} />
          ))}
        </tbody>
      </Table>
      {left > 0 && <p class="faint">+{left}</p>}
    </section>
  );
}

function Row({ step, title }: { step: Step; title: string }): JSX.Element {
  return (
    <tr>
      <td class="when">{moment(step.at)}</td>
      <td class="short">{step.tactic ? say(step.tactic.name) : "–"}</td>
      <td class="told">
        <FindingLinks ids={[step.finding]} /> {title}
      </td>
    </tr>
  );
}
