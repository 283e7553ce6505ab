// The head of a screen that one comes back from: what it is, and the way back.

import type { JSX } from "preact";
import { words } from "../i18n";
import { leave } from "../state/app";

export function ScreenHead({ title }: { title: string }): JSX.Element {
  return (
    <div class="checking-head">
      <h1>{title}</h1>
      <button type="button" class="main" data-action="other" onClick={() => void leave()}>
        {words.value.report.other}
      </button>
    </div>
  );
}
