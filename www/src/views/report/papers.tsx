// The letter that asks the vendor for the missing logs, and the worksheets for reports to authorities.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Checked } from "../../engine/check";
import { language, words } from "../../i18n";
import { handing } from "../../i18n/handing";
import { download } from "../../lib/download";
import { fileName } from "../../lib/training";
import { messageOf } from "../../state/engine";
import { letter, worksheets } from "../../state/handing";
import type { Language } from "../../lib/shell";
import type { Report } from "../../wire/report";

export function Papers({ checked }: { checked: Checked }): JSX.Element {
  return (
    <div class="papers">
      <Letter checked={checked} />
      <Sheets checked={checked} />
    </div>
  );
}

/** A letter, and what it was made of. */
interface Made {
  readonly text: string;
  readonly language: Language;
  readonly report: Report;
}

function Letter({ checked }: { checked: Checked }): JSX.Element {
  const w = handing.value.papers;
  const [made, setMade] = useState<Made>();
  const [said, setSaid] = useState("");
  const now = language.value;
  const { report } = checked;
  // Another language, or a judgement, makes another letter.
  const text = made?.language === now && made.report === report ? made.text : undefined;
  const setText = (text: string) => setMade({ text, language: now, report });
  const withLetter = async (act: (made: string) => void | Promise<void>) => {
    setSaid("");
    try {
      await act(text ?? (await letter()));
    } catch (error) {
      setSaid(`${words.value.report.exportFailed} ${messageOf(error)}`);
    }
  };
  const copy = async (made: string) => {
    setText(made);
    setSaid((await copied(made)) ? w.copied : "");
  };
  const save = (made: string) =>
    download(`${fileName(report)}.letter.txt`, new Blob([made], { type: "text/plain;charset=utf-8" }));
  return (
    <div class="panel">
      <h3>{w.letter}</h3>
      <p class="intro">{w.letterIntro}</p>
      <p class="exports">
        <button type="button" data-action="letter" onClick={() => void withLetter(setText)}>
          {w.show}
        </button>
        <button type="button" data-action="copy-letter" onClick={() => void withLetter(copy)}>
          {w.copy}
        </button>
        <button type="button" data-action="save-letter" onClick={() => void withLetter(save)}>
          {w.save}
        </button>
        <span role="status">{said}</span>
      </p>
      {text !== undefined && (
        <textarea class="letter" readOnly rows={20} aria-label={w.letter} value={text} spellcheck={false} />
      )}
    </div>
  );
}

/** Copies a text; where the browser gives no clipboard to the frame, by a field that is copied from. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const is = document.execCommand("copy");
    field.remove();
    return is;
  }
}

function Sheets({ checked }: { checked: Checked }): JSX.Element {
  const w = handing.value.papers;
  const [known, setKnown] = useState("");
  const [failed, setFailed] = useState("");
  const save = async () => {
    setFailed("");
    try {
      const made = new Blob([await worksheets(known)], { type: "text/html;charset=utf-8" });
      download(`${fileName(checked.report)}.worksheets.html`, made);
    } catch (error) {
      setFailed(messageOf(error));
    }
  };
  return (
    <div class="panel">
      <h3>{w.sheets}</h3>
      <p class="intro">{w.sheetsIntro}</p>
      <p>
        <label>
          {w.known}{" "}
          <input
            id="known-at"
            value={known}
            placeholder="2021-05-06"
            aria-describedby="known-at-hint"
            aria-invalid={failed !== ""}
            onInput={(event) => setKnown(event.currentTarget.value)}
          />
        </label>
      </p>
      <p class="hint" id="known-at-hint">
        {w.knownHint}
      </p>
      <p>
        <button type="button" data-action="save-worksheets" onClick={() => void save()}>
          {w.saveSheets}
        </button>{" "}
        <span class="field-error" role="status">
          {failed}
        </span>
      </p>
    </div>
  );
}
