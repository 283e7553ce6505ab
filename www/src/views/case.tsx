// What is asked and said about case files: before unsaved judgements are left, and when a case cannot
// be opened.

import type { JSX } from "preact";
import { words } from "../i18n";
import { visible } from "../lib/visible";
import { screen } from "../state/app";
import { caseTrouble, leaving, saveCase } from "../state/cases";
import { Dialog } from "./dialog";

export function LeaveQuestion(): JSX.Element | null {
  const asked = leaving.value;
  const w = words.value.case;
  if (!asked) return null;
  const save = async () => {
    const now = screen.value;
    const judged = now.kind === "checking" ? now.before : "checked" in now ? now.checked : undefined;
    if (judged) await saveCase(judged);
    asked.answer(true);
  };
  return (
    <Dialog title={w.leaveTitle} onClose={() => asked.answer(false)}>
      <p>{w.leave}</p>
      <div class="buttons">
        <button type="button" class="main" data-action="save-and-leave" onClick={() => void save()}>
          {w.saveFirst}
        </button>
        <button type="button" data-action="leave" onClick={() => asked.answer(true)}>
          {w.goOn}
        </button>
        <button type="button" data-action="stay" onClick={() => asked.answer(false)}>
          {w.stay}
        </button>
      </div>
    </Dialog>
  );
}

export function CaseTrouble(): JSX.Element | null {
  const trouble = caseTrouble.value;
  const w = words.value.case;
  if (!trouble) return null;
  return (
    <Dialog title={w.troubleTitle} onClose={() => (caseTrouble.value = null)}>
      <p>
        <code>{visible(trouble.name)}</code>
      </p>
      <p role="alert" data-case-trouble>
        {visible(trouble.message)}
      </p>
      <p>{w.kept}</p>
    </Dialog>
  );
}
