// One record that a finding rests on: where it lies, the line as stored with what matched marked,
// what that says once decoded, and the lines around it, read from the file again.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Checked } from "../../engine/check";
import type { ContextLine } from "../../engine/protocol";
import { language, words } from "../../i18n";
import { lineSaid, momentUtc, number } from "../../lib/format";
import { visible } from "../../lib/visible";
import { hasLogs } from "../../state/cases";
import { messageOf } from "../../state/engine";
import { linesAround } from "../../state/report";
import { streamName } from "../../state/streams";
import type { Evidence } from "../../wire/report";
import { WhyMatched } from "../explained";
import { LogText } from "../log-text";

type Around =
  | { readonly kind: "closed" }
  | { readonly kind: "open"; readonly lines: readonly ContextLine[] }
  | { readonly kind: "failed"; readonly message: string };

interface Props {
  readonly evidence: Evidence;
  readonly checked: Checked;
  /** The rule of the check that matched it. */
  readonly rule?: string | null | undefined;
}

export function EvidenceRow({ evidence, checked, rule }: Props): JSX.Element {
  const w = words.value.finding;
  const { text, mark, decoded } = evidence;
  const [around, setAround] = useState<Around>({ kind: "closed" });
  const toggle = async () => {
    if (around.kind === "open") return setAround({ kind: "closed" });
    try {
      setAround({ kind: "open", lines: await linesAround(checked, evidence) });
    } catch (error) {
      setAround({ kind: "failed", message: messageOf(error) });
    }
  };
  return (
    <div class="evidence">
      <Place evidence={evidence} checked={checked} />
      <div class="evidence-text" data-decoded={Boolean(decoded)}>
        <pre class="raw">{text == null ? <em>{w.unreadable}</em> : <LogText text={text} mark={mark} />}</pre>
        {decoded && (
          <div class="decoded">
            <span class="faint">{w.decoded}</span>
            <pre>
              <LogText text={decoded} />
            </pre>
          </div>
        )}
      </div>
      {hasLogs(checked) && (
        <button
          type="button"
          class="link"
          data-action="around"
          aria-expanded={around.kind === "open"}
          onClick={() => void toggle()}
        >
          {around.kind === "open" ? w.hideAround : w.around}
        </button>
      )}
      {rule && hasLogs(checked) && <WhyMatched checked={checked} rule={rule} evidence={evidence} />}
      {around.kind === "open" && <Lines lines={around.lines} />}
      {around.kind === "failed" && (
        <p class="field-error" role="alert">
          {w.aroundFailed} {around.message}
        </p>
      )}
    </div>
  );
}

function Place({ evidence, checked }: { evidence: Evidence; checked: Checked }): JSX.Element {
  const w = words.value.finding;
  const l = language.value;
  return (
    <p class="place">
      <bdi class="file-name">{visible(streamName(checked.report, evidence.stream))}</bdi>
      <span>
        {w.line} <b>{lineSaid(l, evidence.line)}</b>
      </span>
      <span>
        {w.byte} {number(l, evidence.offset)}
      </span>
      <span>{momentUtc(evidence.time)}</span>
    </p>
  );
}

export function Lines({ lines }: { lines: readonly ContextLine[] }): JSX.Element {
  return (
    <ol class="around">
      {lines.map(({ line_text, offset, is_target }) => (
        <li key={offset} aria-current={is_target ? "true" : undefined}>
          <span class="offset">{number(language.value, offset)}</span>
          <LogText text={line_text} />
        </li>
      ))}
    </ol>
  );
}
