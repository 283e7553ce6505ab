// What stands in files that may have leaked: read on this machine as the logs are, secrets masked;
// joined to the records that name the files where logs are open.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Checked } from "../engine/check";
import type { Inspection, NamedFile, Taken } from "../engine/protocol";
import { language, say, words } from "../i18n";
import { handing } from "../i18n/handing";
import { chosen } from "../lib/dropped";
import { download } from "../lib/download";
import { momentUtc, number } from "../lib/format";
import { visible } from "../lib/visible";
import { hasLogs } from "../state/cases";
import { messageOf } from "../state/engine";
import { inspect, type Inspected } from "../state/handing";
import { Chunks } from "./chunks";
import { Table } from "./report/table";

type Stage =
  | { readonly kind: "none" }
  | { readonly kind: "reading" }
  | { readonly kind: "done"; readonly inspected: Inspected }
  | { readonly kind: "failed"; readonly message: string };

/** `checked`: the report whose logs may name the files. */
export function Inspect({ checked }: { checked?: Checked }): JSX.Element {
  const w = handing.value.inspect;
  const [stage, setStage] = useState<Stage>({ kind: "none" });
  const [own, setOwn] = useState("");
  const take = async (files: readonly NamedFile[]) => {
    if (files.length === 0) return;
    setStage({ kind: "reading" });
    try {
      const domains = own.split(/[\s,、]+/).filter(Boolean);
      setStage({ kind: "done", inspected: await inspect(files, domains, checked) });
    } catch (error) {
      setStage({ kind: "failed", message: messageOf(error) });
    }
  };
  const choose = (input: HTMLInputElement) => {
    const { given } = chosen(input.files ?? []);
    // The same files, changed, can be chosen again.
    input.value = "";
    void take(given);
  };
  return (
    <>
      <div class="panel" data-panel="inspect">
        <p class="intro">{w.intro}</p>
        <p>
          <label class="file-choice">
            {w.choose}{" "}
            <input
              type="file"
              id="inspect-files"
              multiple
              onChange={(event) => choose(event.currentTarget)}
            />
          </label>
        </p>
        <p>
          <label>
            {w.own} <input value={own} onInput={(event) => setOwn(event.currentTarget.value)} />
          </label>
        </p>
        <p class="hint">{checked && hasLogs(checked) ? w.joined : w.notJoined}</p>
        <p role="status">
          {stage.kind === "reading" && words.value.finding.reading}
          {stage.kind === "failed" && <span class="field-error">{`${w.failed} ${stage.message}`}</span>}
        </p>
      </div>
      {stage.kind === "done" && <Shown inspected={stage.inspected} />}
    </>
  );
}

function Shown({ inspected }: { inspected: Inspected }): JSX.Element {
  const w = handing.value.inspect;
  const { inspection, json } = inspected;
  const save = () => download("sekisho-inspection.json", new Blob([json], { type: "application/json" }));
  return (
    <div data-inspected>
      <p>
        {w.read(number(language.value, inspection.documents.length))}{" "}
        <button type="button" data-action="save-inspection" onClick={save}>
          {w.save}
        </button>
      </p>
      <p class="faint">{w.about}</p>
      {inspection.found.length === 0 ? <p>{w.nothing}</p> : <FoundTable inspection={inspection} />}
      {inspection.domains.length > 0 && <Domains inspection={inspection} />}
      {inspected.taken.length > 0 && <TakenTable taken={inspected.taken} />}
      {inspection.not_inspected.length > 0 && <NotInspected inspection={inspection} />}
    </div>
  );
}

const nameOf = ({ file, path_inside }: { file: string; path_inside: string | null }): string =>
  visible(path_inside === null ? file : `${file}/${path_inside}`);

/** The line, behind the page where there are pages. */
const lineOf = ({ page, line }: { page: number | null; line: number }): string =>
  page === null
    ? number(language.value, line)
    : `${handing.value.inspect.page(number(language.value, page))} ${number(language.value, line)}`;

function FoundTable({ inspection }: { inspection: Inspection }): JSX.Element {
  const w = handing.value.inspect;
  return (
    <>
      {inspection.found.map(({ kind, count, places }) => (
        <details key={kind} class="inspected-kind" data-kind={kind}>
          <summary>
            {w.kind[kind]} <span class="count">{number(language.value, count)}</span>
          </summary>
          <Table label={w.kind[kind]} heads={[w.heads.file, w.heads.line, w.heads.shown]} numeric={[1]}>
            <Chunks
              as="tbody"
              columns={3}
              items={places}
              rowHeight={37}
              row={(place, at) => (
                <tr key={at}>
                  <th scope="row">
                    <bdi class="file-name">{nameOf(place)}</bdi>
                  </th>
                  <td class="number">{lineOf(place)}</td>
                  <td class="prose">
                    <bdi>{visible(place.shown)}</bdi>
                  </td>
                </tr>
              )}
            />
          </Table>
          {places.length < count && <p class="faint">{w.more(number(language.value, places.length))}</p>}
        </details>
      ))}
    </>
  );
}

function Domains({ inspection }: { inspection: Inspection }): JSX.Element {
  const w = handing.value.inspect;
  return (
    <>
      <h3>{w.domains}</h3>
      <Table label={w.domains} heads={[w.heads.domain, w.heads.class, w.heads.addresses]} numeric={[2]}>
        <Chunks
          as="tbody"
          columns={3}
          items={inspection.domains}
          rowHeight={37}
          row={({ domain, class: of, addresses }) => (
            <tr key={domain}>
              <th scope="row">
                <bdi>{visible(domain)}</bdi>
              </th>
              <td class="short">{w.class[of]}</td>
              <td class="number">{number(language.value, addresses)}</td>
            </tr>
          )}
        />
      </Table>
    </>
  );
}

function TakenTable({ taken }: { taken: readonly Taken[] }): JSX.Element {
  const w = handing.value.inspect;
  const { time, account, address, action } = w.heads;
  return (
    <>
      <h3>
        {w.taken} <span class="count">{number(language.value, taken.length)}</span>
      </h3>
      <Table label={w.taken} heads={[w.heads.file, time, account, address, action, w.heads.log]}>
        <Chunks
          as="tbody"
          columns={6}
          items={taken}
          rowHeight={37}
          row={(of, at) => (
            <tr key={at}>
              <th scope="row">
                <bdi class="file-name">{visible(of.named)}</bdi>
              </th>
              <td class="when">{momentUtc(of.time)}</td>
              <td>
                <bdi>{visible(of.account ?? "–")}</bdi>
              </td>
              <td>{visible(of.address ?? "–")}</td>
              <td>{visible(of.action)}</td>
              <td>
                <bdi class="file-name">{visible(of.source)}</bdi> {number(language.value, of.offset)}
              </td>
            </tr>
          )}
        />
      </Table>
    </>
  );
}

function NotInspected({ inspection }: { inspection: Inspection }): JSX.Element {
  const w = handing.value.inspect;
  return (
    <>
      <h3>{w.not}</h3>
      <ul class="texts" data-not-inspected>
        {inspection.not_inspected.map((part, at) => (
          <li key={at}>
            <bdi class="file-name">{nameOf(part)}</bdi>: {say(part.reason)}
          </li>
        ))}
      </ul>
    </>
  );
}
