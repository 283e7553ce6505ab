// Saving the report. The JSON is the engine's text to the byte.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Checked } from "../../engine/check";
import { language, words } from "../../i18n";
import { download } from "../../lib/download";
import { trainingOf } from "../../lib/training";
import { engines, messageOf } from "../../state/engine";

const NAME = "sekisho-report";

const FORMS = ["html", "json", "csv"] as const;
const TYPES = { html: "text/html;charset=utf-8", csv: "text/csv;charset=utf-8" };

/** The name of a file made of a report. One about a case to practise on says so. */
function nameOf({ report }: Checked): string {
  const training = trainingOf(report);
  if (training === undefined) return NAME;
  return `${NAME}-training-${training.replace(/[^\w-]/g, "_")}`;
}

async function contentOf(form: (typeof FORMS)[number], json: Blob): Promise<Blob> {
  if (form === "json") return json;
  const text = await (await engines()).at(0).ask("exportAs", { form, language: language.value });
  return new Blob([text], { type: TYPES[form] });
}

export function Exports({ checked }: { checked: Checked }): JSX.Element {
  const w = words.value.report;
  const [failed, setFailed] = useState("");
  const save = async (form: (typeof FORMS)[number]) => {
    setFailed("");
    try {
      download(`${nameOf(checked)}.${form}`, await contentOf(form, checked.json));
    } catch (error) {
      setFailed(`${w.exportFailed} ${messageOf(error)}`);
    }
  };
  return (
    <div class="exports" role="group" aria-label={w.export}>
      <span class="faint" aria-hidden="true">
        {w.export}
      </span>
      {FORMS.map((form) => (
        <button type="button" key={form} data-export={form} onClick={() => void save(form)}>
          {w[form]}
        </button>
      ))}
      <span class="field-error" role="status">
        {failed}
      </span>
    </div>
  );
}
