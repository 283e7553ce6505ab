// What has changed since an earlier report: new, gone, changed, and why as far as the two tell.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Checked } from "../../engine/check";
import type { NamedFile, ReportChange, ReportDiff } from "../../engine/protocol";
import { language, say } from "../../i18n";
import { handing } from "../../i18n/handing";
import { chosen } from "../../lib/dropped";
import { download } from "../../lib/download";
import { number } from "../../lib/format";
import { fileName } from "../../lib/training";
import { visible } from "../../lib/visible";
import { messageOf } from "../../state/engine";
import { compare, compared, droppedReport } from "../../state/handing";
import type { Text } from "../../wire/report";
import { FindingLinks } from "./questions";
import { Table } from "./table";

interface Shown {
  readonly name: string;
  readonly earlier: string;
  readonly diff: ReportDiff;
}

export function Compare({ checked }: { checked: Checked }): JSX.Element {
  const w = handing.value.compare;
  const [shown, setShown] = useState<Shown>();
  const [failed, setFailed] = useState("");
  const panel = useRef<HTMLDivElement>(null);
  const take = async ({ name, file }: NamedFile) => {
    setFailed("");
    try {
      const earlier = await file.text();
      setShown({ name, earlier, diff: await compare(earlier) });
    } catch (error) {
      setShown(undefined);
      setFailed(`${visible(name)}: ${w.failed} ${messageOf(error)}`);
    }
  };
  const choose = (input: HTMLInputElement) => {
    const [first] = chosen(input.files ?? []).given;
    // The same file, mended, can be chosen again.
    input.value = "";
    if (first) void take(first);
  };
  const dropped = droppedReport.value;
  useEffect(() => {
    if (!dropped) return;
    droppedReport.value = undefined;
    panel.current?.scrollIntoView();
    void take(dropped);
  }, [dropped]);
  const save = async () => {
    if (!shown) return;
    try {
      const made = new Blob([await compared(shown.earlier)], { type: "text/html;charset=utf-8" });
      download(`${fileName(checked.report)}.changes.html`, made);
    } catch (error) {
      setFailed(messageOf(error));
    }
  };
  return (
    <>
      <div class="panel" data-panel="earlier" ref={panel}>
        <p>{w.intro}</p>
        <label class="file-choice">
          {w.choose}{" "}
          <input
            type="file"
            id="earlier"
            accept=".json,application/json"
            onChange={(event) => choose(event.currentTarget)}
          />
        </label>
        <p class="field-error" role="status">
          {failed}
        </p>
      </div>
      {shown && <Changes shown={shown} save={() => void save()} />}
    </>
  );
}

function Changes({ shown, save }: { shown: Shown; save: () => void }): JSX.Element {
  const w = handing.value.compare;
  const { changes } = shown.diff;
  if (changes.length === 0) return <p data-compared>{w.same}</p>;
  const of = (kind: ReportChange["kind"]) =>
    number(language.value, changes.filter((change) => change.kind === kind).length);
  const parts = Object.keys(w.part).filter((part) => changes.some((change) => change.part === part));
  return (
    <div data-compared>
      <p>
        <bdi>{visible(shown.name)}</bdi>: {w.counts(of("new"), of("gone"), of("changed"))}{" "}
        <button type="button" data-action="save-changes" onClick={save}>
          {w.save}
        </button>
      </p>
      {parts.map((part) => (
        <div key={part}>
          <h3>{w.part[part]}</h3>
          <Part name={w.part[part] ?? part} changes={changes.filter((change) => change.part === part)} />
        </div>
      ))}
    </div>
  );
}

function Part({ name, changes }: { name: string; changes: readonly ReportChange[] }): JSX.Element {
  const w = handing.value.compare;
  const { kind, what, before, after, causes } = w.heads;
  const text = (of: Text | null) => (of ? visible(say(of)) : "–");
  return (
    <Table label={name} heads={[kind, what, before, after, causes]}>
      <tbody>
        {changes.map((change, at) => (
          <tr key={at}>
            <td class="short">{w.kind[change.kind]}</td>
            <th scope="row" class="prose">
              {text(change.what)}{" "}
              {change.finding && change.kind !== "gone" && <FindingLinks ids={[change.finding]} />}
            </th>
            <td class="prose">{text(change.before)}</td>
            <td class="prose">{text(change.after)}</td>
            <td class="prose">{change.causes.map((cause) => w.cause[cause]).join(w.or)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
