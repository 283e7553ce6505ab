// The results of all clients together: who was affected, what they share, whose logs cannot tell, who
// has not answered. All names are those that clients wrote or logged, and shown as text.

import type { ComponentChildren, JSX } from "preact";
import type { RolledUp, RollUpClient, RollUpForm, RollUpName } from "../engine/protocol";
import { language, say, words } from "../i18n";
import { handing } from "../i18n/handing";
import { results } from "../i18n/results";
import { chosen } from "../lib/dropped";
import { moment, number, period } from "../lib/format";
import { visible } from "../lib/visible";
import { ACTS } from "../state/handing";
import {
  addResults,
  expect,
  givenResults,
  rolledUp,
  rollUpTrouble,
  saveRollUp,
  takeKey,
} from "../state/rollup";
import { printReport } from "./print";
import { Table } from "./report/table";
import { ScreenHead } from "./screen-head";

/** Names that are written out of those that one answer has. */
const NAMES = 8;

const STATES = ["confirmed", "likely", "possible", "cannot_determine", "no_evidence"] as const;

export function RollUpView(): JSX.Element {
  const w = results.value.rollup;
  const all = rolledUp.value;
  return (
    <main class="rollup" data-rollup={all ? "there" : "reading"}>
      <ScreenHead title={w.title} />
      <Given />
      {all ? <Rolled all={all} /> : <p role="status">{w.reading}</p>}
    </main>
  );
}

function Given(): JSX.Element {
  const w = results.value.rollup;
  const { files, key, expected, isSealed } = givenResults.value;
  const take = (input: HTMLInputElement, use: (given: ReturnType<typeof chosen>["given"]) => unknown) => {
    const { given } = chosen(input.files ?? []);
    // The same file, mended, can be chosen again.
    input.value = "";
    if (given.length > 0) void use(given);
  };
  return (
    <div class="panel rollup-given">
      <p>{w.files(number(language.value, files.length))}</p>
      <label class="file-choice">
        {w.add}{" "}
        <input
          type="file"
          id="more-results"
          multiple
          onChange={(event) => take(event.currentTarget, addResults)}
        />
      </label>
      <label class="file-choice">
        {w.key}{" "}
        <input
          type="file"
          id="rollup-key"
          onChange={(event) => take(event.currentTarget, ([first]) => first && takeKey(first))}
        />
      </label>
      <p class="hint" role="status" data-key={key ? "there" : isSealed ? "needed" : "none"}>
        {key ? w.keyIs(visible(key.name)) : isSealed ? w.keyNeeded : w.keyHint}
      </p>
      <label class="field">
        <span>{w.expected}</span>
        <textarea
          id="rollup-expected"
          rows={4}
          value={expected}
          spellcheck={false}
          onChange={(event) => void expect(event.currentTarget.value)}
        />
      </label>
      <p class="field-error" role="alert">
        {visible(rollUpTrouble.value)}
      </p>
    </div>
  );
}

function Rolled({ all }: { all: RolledUp }): JSX.Element {
  const w = results.value.rollup;
  const save = (form: RollUpForm, name: string) => (
    <button type="button" data-export={form} onClick={() => void saveRollUp(form)}>
      {name}
    </button>
  );
  return (
    <>
      <States all={all} />
      {all.notes.map((note, at) => (
        <p key={at} class="hint">
          {say(note)}
        </p>
      ))}
      <div class="exports">
        {save("csv", w.saveCsv)}
        {save("json", w.saveJson)}
        {save("parties", w.saveParties)}
        <button type="button" data-action="print" onClick={printReport}>
          {words.value.palette.printShort}
        </button>
      </div>
      <Part id="answers" title={w.answers} count={all.clients.length}>
        <Answers clients={all.clients} />
      </Part>
      <Part id="shared" title={w.shared} count={all.shared.length}>
        <p>{w.sharedHint}</p>
        {all.shared.length > 0 && <SharedTable all={all} />}
      </Part>
      <Part id="not-answered" title={w.notAnswered} count={all.not_answered.length}>
        <ul>
          {all.not_answered.map((name) => (
            <li key={name}>{visible(name)}</li>
          ))}
        </ul>
      </Part>
      <Part id="set-aside" title={w.setAside} count={all.set_aside.length}>
        {all.set_aside.length > 0 && <Aside all={all} />}
      </Part>
      <Part id="when" title={w.timeline} count={all.timeline.length}>
        {all.timeline.length > 0 && <Lanes all={all} />}
        {all.timeline.length > 0 && <When all={all} />}
      </Part>
      <Part id="notify" title={w.notify} count={all.notify.length}>
        {all.notify.length > 0 && <Notify all={all} />}
      </Part>
    </>
  );
}

function States({ all }: { all: RolledUp }): JSX.Element {
  const count = (state: RollUpClient["state"]) => all.clients.filter((of) => of.state === state).length;
  return (
    <dl class="facts" data-states>
      {STATES.map((state) => (
        <div key={state}>
          <dt>{words.value.state[state]}</dt>
          <dd data-state-count={state}>{number(language.value, count(state))}</dd>
        </div>
      ))}
      <div>
        <dt>{results.value.rollup.notAnswered}</dt>
        <dd>{number(language.value, all.not_answered.length)}</dd>
      </div>
    </dl>
  );
}

interface PartProps {
  readonly id: string;
  readonly title: string;
  readonly count: number;
  readonly children: ComponentChildren;
}

function Part({ id, title, count, children }: PartProps): JSX.Element {
  return (
    <section id={id} class="section" tabIndex={-1} aria-labelledby={`${id}-title`} data-section>
      <h2 id={`${id}-title`}>
        {title} <span class="count">{number(language.value, count)}</span>
      </h2>
      {children}
    </section>
  );
}

const nameOf = ({ name, is_pseudonym }: RollUpName) =>
  is_pseudonym ? results.value.rollup.pseudonym(visible(name)) : visible(name);

/** The first of some names, or only how many there are. */
function Names({ of, counted }: { of: readonly RollUpName[]; counted: number | undefined }): JSX.Element {
  if (of.length === 0)
    return <>{counted === undefined ? results.value.rollup.untold : number(language.value, counted)}</>;
  const more = of.length - NAMES;
  return (
    <ul class="names">
      {of.slice(0, NAMES).map((name) => (
        <li key={name.name}>{nameOf(name)}</li>
      ))}
      {more > 0 && <li>+{number(language.value, more)}</li>}
    </ul>
  );
}

function Answers({ clients }: { clients: readonly RollUpClient[] }): JSX.Element {
  const w = results.value.rollup;
  const { client, answer, since, networks, accounts, logs } = w.heads;
  return (
    <Table label={w.answers} heads={[client, answer, since, networks, accounts, logs]}>
      <tbody>
        {clients.map((of) => (
          <tr key={of.file} data-client={of.client}>
            <th scope="row" class="prose">
              {visible(of.client)}
              {of.notes.map((note, at) => (
                <small key={at}> {say(note)}</small>
              ))}
            </th>
            <td data-answer={of.state}>
              {words.value.state[of.state]} <small>{w.levels[of.level]}</small>
              {of.made_on && <small> {w.madeOn(of.made_on)}</small>}
            </td>
            <td>{of.since ? `${moment(of.since)} –` : "–"}</td>
            <td>
              <Names of={of.networks} counted={of.counted?.[0]} />
            </td>
            <td>
              <Names of={of.accounts} counted={of.counted?.[1]} />
            </td>
            <td class="prose">
              {say(of.logs)} <small>{period(of.logs_from, of.logs_until)}</small>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function SharedTable({ all }: { all: RolledUp }): JSX.Element {
  const w = results.value.rollup;
  const { kind, name, severity, since, clients } = w.heads;
  return (
    <Table label={w.shared} heads={[kind, name, severity, since, clients]}>
      <tbody>
        {all.shared.map(({ shown, ...of }) => (
          <tr key={`${shown.kind} ${shown.name}`} data-shared={shown.kind}>
            <td>{w.kind[shown.kind]}</td>
            <th scope="row" class="prose">
              {nameOf(shown)} {of.may_differ && <small>{w.mayDiffer}</small>}
            </th>
            <td>{words.value.severity[of.severity]}</td>
            <td>{period(of.first, of.last)}</td>
            <td class="prose">
              {number(language.value, of.clients.length)}: {of.clients.map(visible).join(", ")}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Aside({ all }: { all: RolledUp }): JSX.Element {
  const w = results.value.rollup;
  return (
    <Table label={w.setAside} heads={[w.heads.file, w.heads.why, w.heads.todo]}>
      <tbody>
        {all.set_aside.map(({ file, why, todo }, at) => (
          <tr key={at} data-aside={file}>
            <th scope="row" class="prose">
              {visible(file)}
            </th>
            <td class="prose">{visible(say(why))}</td>
            <td class="prose">{say(todo)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** Clients that a picture shows; the table below has all. */
const LANES = 200;
const WIDTH = 1000;

/** What was found when, a line for each client on one scale. The table below says the same in words. */
function Lanes({ all }: { all: RolledUp }): JSX.Element {
  const spans = all.timeline.map(({ client, found }) => {
    const from = Date.parse(found.first ?? "");
    return {
      client,
      severity: found.severity,
      from,
      until: Math.max(from, Date.parse(found.last ?? "") || 0),
    };
  });
  const first = spans.reduce((least, { from }) => Math.min(least, from), Infinity);
  const last = spans.reduce((most, { until }) => Math.max(most, until), first + 1);
  const x = (time: number) => ((time - first) / (last - first)) * WIDTH;
  const clients = [...new Set(spans.map(({ client }) => client))].slice(0, LANES);
  return (
    <div class="client-lanes" aria-hidden="true">
      {clients.map((client) => (
        <div key={client} data-lane={client}>
          <bdi>{visible(client)}</bdi>
          <svg viewBox={`0 0 ${WIDTH} 10`} preserveAspectRatio="none">
            {spans
              .filter((span) => span.client === client)
              .map(({ severity, from, until }, at) => (
                <rect
                  key={at}
                  class={`lane-${severity}`}
                  x={Math.min(x(from), WIDTH - 4)}
                  width={Math.max(4, x(until) - x(from))}
                  height={10}
                />
              ))}
          </svg>
        </div>
      ))}
      <p class="timeline-ends">
        <span>{moment(new Date(first).toISOString())}</span>
        <span>{moment(new Date(last).toISOString())} UTC</span>
      </p>
    </div>
  );
}

function When({ all }: { all: RolledUp }): JSX.Element {
  const w = results.value.rollup;
  const { since, client, detection, severity, findings } = w.heads;
  return (
    <Table label={w.timeline} heads={[since, client, detection, severity, findings]} numeric={[4]}>
      <tbody>
        {all.timeline.map(({ client, found }, at) => (
          <tr key={at}>
            <td>{period(found.first, found.last)}</td>
            <th scope="row" class="prose">
              {visible(client)}
            </th>
            <td>{visible(found.detection)}</td>
            <td>{words.value.severity[found.severity]}</td>
            <td class="number">{number(language.value, found.findings)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Notify({ all }: { all: RolledUp }): JSX.Element {
  const w = results.value.rollup;
  const acts = ACTS.map((act) => handing.value.parties.acts[act]);
  const { client, kind, name, parties } = w.heads;
  const heads = [client, kind, name, parties, ...acts];
  return (
    <Table label={w.notify} heads={heads} numeric={[3, 4, 5, 6, 7, 8]}>
      <tbody>
        {all.notify.map((of, at) => (
          <tr key={at}>
            <th scope="row" class="prose">
              {visible(of.client)}
            </th>
            <td>{handing.value.parties.kind[of.kind]}</td>
            <td class="prose">
              {of.party ? nameOf(of.party) : w.untold} {of.within && <small>{nameOf(of.within)}</small>}
            </td>
            <td class="number">{number(language.value, of.parties)}</td>
            {of.acts.map((count, place) => (
              <td class="number" key={place}>
                {number(language.value, count)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
