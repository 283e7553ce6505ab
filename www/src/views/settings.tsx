// The settings, closed until somebody wants them. The engine judges them while they are typed, and
// what it says shows at the field.

import { signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import type { Refused } from "../engine/check";
import { words } from "../i18n";
import { visible } from "../lib/visible";
import { messageOf } from "../state/engine";
import { readMapping } from "../state/mappings";
import { ownLists } from "../state/lists";
import { ownRules } from "../state/rules";
import {
  addMapping,
  dayFirst,
  mappings,
  removeMapping,
  setStream,
  settingsWrong,
  streamSettings,
  typed,
  wrong,
  type SettingName,
  type StreamSettings,
} from "../state/settings";
import { wrongZone } from "../state/validate";
import { DeclaredFields } from "./declared";
import { RefusedList } from "./failed";
import { OwnListsField } from "./lists";
import { OwnRulesField } from "./rules";
import { StreamFields, ZONES, ZoneList } from "./stream-fields";

interface FieldProps {
  readonly name: SettingName;
  readonly label: string;
  readonly hint: string;
  readonly children: (attributes: Attributes) => ComponentChildren;
}

/** What ties a control to its label, its hint and its error. */
interface Attributes {
  readonly id: string;
  readonly value: string;
  readonly "aria-describedby": string;
  readonly "aria-invalid": boolean;
  readonly spellcheck: false;
  readonly autocomplete: "off";
  readonly onInput: (event: { currentTarget: { value: string } }) => void;
}

function Field({ name, label, hint, children }: FieldProps): JSX.Element {
  const id = useId();
  const error = wrong.value[name];
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        value: typed.value[name],
        "aria-describedby": `${id}-hint ${id}-error`,
        "aria-invalid": error !== undefined,
        spellcheck: false,
        autocomplete: "off",
        onInput: (event) => (typed.value = { ...typed.value, [name]: event.currentTarget.value }),
      })}
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
      <p class="field-error" id={`${id}-error`} role="status">
        {error}
      </p>
    </div>
  );
}

export function SettingsPanel(): JSX.Element {
  const w = words.value.settings;
  // Open as soon as something in it is set or wrong, so that nothing counts unseen.
  const isOwn = mappings.value.length > 0 || ownRules.value !== null || ownLists.value !== null;
  const isSet = settingsWrong.value || isOwn || wrongMappings.value.length > 0;
  return (
    <details class="settings" open={isSet || streamSettings.value.size > 0}>
      <summary>
        {w.title} <span class="faint">{w.optional}</span>
      </summary>
      <h3>{w.formatsAndClocks}</h3>
      <Field name="log_formats" label={w.formats} hint={w.formatsHint}>
        {(attributes) => (
          <textarea
            {...attributes}
            rows={3}
            wrap="off"
            placeholder={'LogFormat "%h %l %u %t \\"%r\\" %>s %b" common'}
          />
        )}
      </Field>
      <Mappings />
      <OwnRulesField />
      <OwnListsField />
      <Field name="zone" label={w.zone} hint={w.zoneHint}>
        {(attributes) => <input {...attributes} type="text" list={ZONES} placeholder="Asia/Tokyo" />}
      </Field>
      <ZoneList />
      <Field name="latest" label={w.latest} hint={w.latestHint}>
        {(attributes) => <input {...attributes} type="text" placeholder="2021-05-06" />}
      </Field>
      <label class="check">
        <input
          type="checkbox"
          data-setting="day_first"
          checked={dayFirst.value}
          onChange={(event) => (dayFirst.value = event.currentTarget.checked)}
        />
        {w.dayFirst}
      </label>
      <Streams />
      <h3>{words.value.declared.title}</h3>
      <DeclaredFields />
      <div class="field-pair">
        <Field name="since" label={w.since} hint={w.periodHint}>
          {(attributes) => <input {...attributes} type="text" placeholder="2021-05-06" />}
        </Field>
        <Field name="until" label={w.until} hint="">
          {(attributes) => <input {...attributes} type="text" placeholder="2021-05-13" />}
        </Field>
      </div>
    </details>
  );
}

/** Mapping files that were chosen and are none. */
const wrongMappings = signal<readonly Refused[]>([]);

async function takeMappings(files: readonly File[]): Promise<void> {
  const refused: Refused[] = [];
  for (const file of files) {
    try {
      addMapping(await readMapping(await file.text()));
    } catch (error) {
      refused.push({ name: file.name, message: messageOf(error) });
    }
  }
  wrongMappings.value = refused;
}

function Mappings(): JSX.Element {
  const w = words.value.settings;
  const input = useRef<HTMLInputElement>(null);
  const take = (field: HTMLInputElement) => {
    void takeMappings([...(field.files ?? [])]);
    field.value = "";
  };
  return (
    <div class="field" role="group" aria-label={w.mappings}>
      <b>{w.mappings}</b>
      <ul class="own">
        {mappings.value.map(({ id, name }) => (
          <li key={id} data-mapping={id}>
            <span>{visible(name)}</span>
            <button
              type="button"
              class="link"
              aria-label={w.remove(visible(name))}
              onClick={() => removeMapping(id)}
            >
              {w.removeShort}
            </button>
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => input.current?.click()}>
        {w.chooseMapping}
      </button>
      <input
        type="file"
        accept=".toml"
        multiple
        hidden
        data-choose="mappings"
        ref={input}
        onChange={(event) => take(event.currentTarget)}
      />
      <p class="hint">{w.mappingsHint}</p>
      {wrongMappings.value.length > 0 && (
        <div class="field-error" role="alert">
          {w.wrongMapping}
          <RefusedList refused={wrongMappings.value} />
        </div>
      )}
    </div>
  );
}

/** What is set for single files, and a row to set more. */
function Streams(): JSX.Element {
  const w = words.value.settings;
  const [name, setName] = useState("");
  const id = useId();
  const [draft, setDraft] = useState<StreamSettings>({ zone: "", encoding: "" });
  const [error, setError] = useState("");
  const add = async () => {
    const wrong = await wrongZone(draft.zone);
    setError(wrong ?? "");
    if (wrong !== undefined) return;
    setStream(name.trim(), draft);
    setName("");
    setDraft({ zone: "", encoding: "" });
  };
  return (
    <details class="field">
      <summary>
        {w.streams} {streamSettings.value.size > 0 && <span class="count">{streamSettings.value.size}</span>}
      </summary>
      <p class="hint">{w.streamsHint}</p>
      <ul class="own">
        {[...streamSettings.value].map(([name, { zone, encoding }]) => (
          <li key={name}>
            <bdi class="file-name">{visible(name)}</bdi>
            <span class="faint">{[zone, encoding].filter(Boolean).join(", ")}</span>
            <button
              type="button"
              class="link"
              aria-label={w.remove(visible(name))}
              onClick={() => setStream(name, { zone: "", encoding: "" })}
            >
              {w.removeShort}
            </button>
          </li>
        ))}
      </ul>
      <div class="field">
        <label for={id}>{w.streamName}</label>
        <input id={id} type="text" value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </div>
      <StreamFields value={draft} error={error} set={setDraft} hint="" />
      <button
        type="button"
        disabled={name.trim() === "" || (draft.zone.trim() === "" && draft.encoding === "")}
        onClick={() => void add()}
      >
        {w.addStream}
      </button>
    </details>
  );
}
