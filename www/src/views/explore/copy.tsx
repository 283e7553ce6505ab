// Takes what was found away: to the clipboard or into a file.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { language, words } from "../../i18n";
import { download } from "../../lib/download";
import { number } from "../../lib/format";
import { messageOf } from "../../state/engine";
import { copied } from "../../state/explore";

// The sandbox has no other clipboard.
function toClipboard(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen-text";
  document.body.append(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  return isDone;
}

type Form = "csv" | "json";

const FILES: Record<Form, readonly [name: string, type: string]> = {
  csv: ["sekisho-events.csv", "text/csv"],
  json: ["sekisho-events.jsonl", "application/json"],
};

export function CopyTools({ found }: { found: number }): JSX.Element {
  const w = words.value.explore;
  const [said, setSaid] = useState("");
  const take = async (form: Form, isFile: boolean) => {
    try {
      const { text, rows } = await copied(form, language.value);
      const [name, type] = FILES[form];
      // Spreadsheets tell UTF-8 by its mark.
      const bytes = form === "csv" ? `\ufeff${text}` : text;
      const isDone = isFile ? (download(name, new Blob([bytes], { type })), true) : toClipboard(text);
      const count = number(language.value, rows);
      setSaid(!isDone ? w.notCopied : rows < found ? w.copiedPart(count) : w.copied(count));
    } catch (error) {
      setSaid(messageOf(error));
    }
  };
  return (
    <div class="copy-tools">
      {(["csv", "json"] as const).map((form) => (
        <button type="button" key={form} data-copy={form} onClick={() => void take(form, false)}>
          {w.copy(form.toUpperCase())}
        </button>
      ))}
      {(["csv", "json"] as const).map((form) => (
        <button type="button" key={form} data-save={form} onClick={() => void take(form, true)}>
          {w.save(form.toUpperCase())}
        </button>
      ))}
      <span class="faint" role="status">
        {said}
      </span>
    </div>
  );
}
