// Saving the report. The JSON is the engine's text to the byte.

import type { JSX } from "preact";
import { printReport } from "../print";
import { useState } from "preact/hooks";
import type { Checked } from "../../engine/check";
import type { Form } from "../../engine/protocol";
import { language, words } from "../../i18n";
import { download } from "../../lib/download";
import { fileName } from "../../lib/training";
import { markSaved } from "../../state/judge";
import { engines, messageOf } from "../../state/engine";

/** Forms of the whole report. Lists and letters are saved where they stand. */
type Whole = Exclude<Form, "parties" | "letter">;
type Saved = Whole | "json";

const FORMS: readonly Saved[] = ["html", "json", "csv"];
/** For other tools. */
const OTHERS: readonly Saved[] = ["timesketch", "navigator", "stix", "misp", "ocsf"];
const JSON_TYPE = "application/json";
const TYPES: Record<Whole, string> = {
  html: "text/html;charset=utf-8",
  csv: "text/csv;charset=utf-8",
  timesketch: JSON_TYPE,
  navigator: JSON_TYPE,
  stix: JSON_TYPE,
  misp: JSON_TYPE,
  ocsf: JSON_TYPE,
};
/** What a file's name ends in. */
const ENDS: Record<Saved, string> = {
  html: "html",
  json: "json",
  csv: "csv",
  timesketch: "timesketch.jsonl",
  navigator: "attack-layer.json",
  stix: "stix.json",
  misp: "misp.json",
  ocsf: "ocsf.jsonl",
};

async function contentOf(form: Saved, reduced: boolean, json: Blob): Promise<Blob> {
  if (form === "json" && !reduced) return json;
  const ask = { form, language: language.value, reduced };
  const text = await (await engines()).at(0).ask("exportAs", ask);
  return new Blob([text], { type: form === "json" ? JSON_TYPE : TYPES[form] });
}

export function Exports({ checked }: { checked: Checked }): JSX.Element {
  const w = words.value.report;
  const [failed, setFailed] = useState("");
  const [reduced, setReduced] = useState(false);
  const save = async (form: Saved) => {
    setFailed("");
    try {
      const name = `${fileName(checked.report)}${reduced ? "-reduced" : ""}.${ENDS[form]}`;
      download(name, await contentOf(form, reduced, checked.json));
      // The JSON holds the judgements; it can be opened again.
      if (form === "json" && !reduced) markSaved();
    } catch (error) {
      setFailed(`${w.exportFailed} ${messageOf(error)}`);
    }
  };
  const button = (form: Saved) => (
    <button type="button" key={form} data-export={form} onClick={() => void save(form)}>
      {w[form]}
    </button>
  );
  return (
    <div class="exports" role="group" aria-label={w.export}>
      <span class="faint" aria-hidden="true">
        {w.export}
      </span>
      {FORMS.map(button)}
      <button type="button" data-action="print" onClick={printReport}>
        {words.value.palette.printShort}
      </button>
      <details class="other-forms">
        <summary>{w.otherForms}</summary>
        <div>{OTHERS.map(button)}</div>
      </details>
      <label class="reduce" title={w.reduceHint}>
        <input
          type="checkbox"
          data-field="reduced"
          checked={reduced}
          onChange={({ currentTarget }) => setReduced(currentTarget.checked)}
        />{" "}
        {w.reduce}
      </label>
      <span class="field-error" role="status">
        {failed}
      </span>
    </div>
  );
}
