// What the reader makes of findings: the panel in a finding, its mark in the list, the way back and
// forth, and the judgements of findings that a later check does not have.

import type { JSX } from "preact";
import { useId, useLayoutEffect, useState } from "preact/hooks";
import type { Checked } from "../../engine/check";
import { words } from "../../i18n";
import { visible, visibleLines } from "../../lib/visible";
import { saveCase } from "../../state/cases";
import { messageOf } from "../../state/engine";
import { canRedo, canUndo, isUnsaved, judge, judgeTrouble, redo, undo } from "../../state/judge";
import type { Judgement, Report } from "../../wire/report";
import { SaveLocked } from "../passphrase";

type How = Judgement["judged"];
const HOWS: readonly How[] = ["open", "confirmed", "benign"];

const reasonOf = (judgement: Judgement | undefined): string =>
  judgement?.judged === "benign" ? judgement.reason : "";

export const judgementOf = ({ judgements }: Report, id: string): Judgement | undefined =>
  judgements?.find(({ finding }) => finding === id);

/** How a finding was judged, in its head. */
export function JudgedMark({ judgement }: { judgement: Judgement | undefined }): JSX.Element | null {
  if (!judgement) return null;
  const w = words.value.judge;
  return (
    <span class={`judged judged-${judgement.judged}`}>
      {w.mark}: {w.how[judgement.judged]}
    </span>
  );
}

/** The panel of a finding. What is typed counts when the field is left. */
export function JudgePanel({ id, report }: { id: string; report: Report }): JSX.Element {
  const w = words.value.judge;
  const field = useId();
  const judgement = judgementOf(report, id);
  const [how, setHow] = useState<How>(judgement?.judged ?? "open");
  const [reason, setReason] = useState(reasonOf(judgement));
  const [note, setNote] = useState(judgement?.note ?? "");
  // Undo and redo change it from elsewhere. Before the reader can press anything: a later effect
  // would take back what was pressed in between.
  useLayoutEffect(() => {
    setHow(judgement?.judged ?? "open");
    setReason(reasonOf(judgement));
    setNote(judgement?.note ?? "");
  }, [judgement]);
  const set = (now: How, because: string, noted: string) => {
    if (now === "benign" && because.trim() === "") return;
    const judged = now === "benign" ? { judged: now, reason: because } : { judged: now };
    const isSame = (judgement?.judged ?? "open") === now && reasonOf(judgement) === because;
    if (isSame && (judgement?.note ?? "") === noted) return;
    void judge({ finding: id, mark: judgement?.mark ?? null, note: noted, ...judged } as Judgement);
  };
  const choose = (now: How) => {
    setHow(now);
    const because = now === "benign" ? reason : "";
    set(now, because, note);
  };
  return (
    <fieldset class="judge" data-judge={id}>
      <legend>{w.title}</legend>
      <div class="judge-how" role="radiogroup" aria-label={w.title}>
        {HOWS.map((one) => (
          <label key={one} class="check">
            <input type="radio" name={field} value={one} checked={how === one} onChange={() => choose(one)} />
            {w.how[one]}
          </label>
        ))}
      </div>
      {how === "benign" && (
        <div class="field">
          <label for={`${field}-reason`}>{w.reason}</label>
          <input
            id={`${field}-reason`}
            data-field="reason"
            type="text"
            value={reason}
            aria-describedby={`${field}-hint`}
            onInput={(event) => setReason(event.currentTarget.value)}
            onChange={(event) => set("benign", event.currentTarget.value, note)}
          />
          <p class="hint" id={`${field}-hint`}>
            {w.reasonHint}
          </p>
        </div>
      )}
      <div class="field">
        <label for={`${field}-note`}>{w.note}</label>
        <textarea
          id={`${field}-note`}
          data-field="note"
          rows={2}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
          onChange={(event) => set(how, how === "benign" ? reason : "", event.currentTarget.value)}
        />
      </div>
      {judgeTrouble.value && (
        <p class="field-error" role="alert">
          {visible(judgeTrouble.value)}
        </p>
      )}
    </fieldset>
  );
}

/** Saves the case, and goes back and forth in the judgements. */
export function CaseTools({ checked }: { checked: Checked }): JSX.Element {
  const w = words.value;
  const [failed, setFailed] = useState("");
  const [isLocking, setLocking] = useState(false);
  const save = () =>
    void saveCase(checked).then(
      () => setFailed(""),
      (error: unknown) => setFailed(`${w.report.exportFailed} ${messageOf(error)}`),
    );
  return (
    <div class="case-tools">
      <button type="button" data-action="save-case" onClick={save}>
        {w.case.save}
      </button>
      <button type="button" data-action="lock-case" onClick={() => setLocking(true)}>
        {w.passphrase.save}
      </button>
      {isLocking && <SaveLocked checked={checked} onClose={() => setLocking(false)} />}
      {(canUndo.value || canRedo.value) && (
        <>
          <button type="button" data-action="undo" disabled={!canUndo.value} onClick={() => void undo()}>
            {w.judge.undo} <kbd>Ctrl+Z</kbd>
          </button>
          <button type="button" data-action="redo" disabled={!canRedo.value} onClick={() => void redo()}>
            {w.judge.redo} <kbd>Ctrl+Y</kbd>
          </button>
        </>
      )}
      <span class="faint" role="status">
        {isUnsaved.value ? w.judge.unsaved : ""}
      </span>
      {failed && <span class="field-error">{failed}</span>}
    </div>
  );
}

/** How a report agrees with the case that was opened. */
export function OpenedNote({ opened }: { opened: Checked["opened"] }): JSX.Element | null {
  if (!opened) return null;
  return (
    <p class={opened === "differs" ? "panel warning" : "note"} role="status" data-opened={opened}>
      {words.value.case.opened[opened]}
    </p>
  );
}

/** Judgements of findings that the report does not have any more. */
export function SetAside({ report }: { report: Report }): JSX.Element | null {
  const w = words.value.judge;
  const list = report.judgements_set_aside ?? [];
  if (list.length === 0) return null;
  return (
    <div class="panel warning" role="note">
      <h3>{w.setAside}</h3>
      <ul class="refused">
        {list.map((of, at) => (
          <li key={at}>
            <code>{visible(of.finding)}</code> {w.how[of.judged]} {visibleLines(reasonOf(of))}{" "}
            {visibleLines(of.note ?? "")}
          </li>
        ))}
      </ul>
    </div>
  );
}
