// Zone and encoding of one file: fields that settings and report share.

import type { JSX } from "preact";
import { useId, useMemo } from "preact/hooks";
import { words } from "../i18n";
import { ENCODINGS, type StreamSettings } from "../state/settings";

/** The id of the list of zones that fields suggest. */
export const ZONES = "zones";

/** The zones that the browser knows. One stands in a document. */
export function ZoneList(): JSX.Element {
  const zones = useMemo(() => ["UTC", ...Intl.supportedValuesOf("timeZone")], []);
  return (
    <datalist id={ZONES}>
      {zones.map((zone) => (
        <option key={zone} value={zone} />
      ))}
    </datalist>
  );
}

interface Props {
  readonly value: StreamSettings;
  readonly error: string;
  readonly hint: string;
  readonly set: (value: StreamSettings) => void;
}

export function StreamFields({ value, error, hint, set }: Props): JSX.Element {
  const w = words.value.settings;
  const id = useId();
  return (
    <div class="field-pair">
      <div class="field">
        <label for={`${id}-zone`}>{w.streamZone}</label>
        <input
          id={`${id}-zone`}
          type="text"
          list={ZONES}
          value={value.zone}
          data-field="zone"
          placeholder="Asia/Tokyo"
          spellcheck={false}
          autocomplete="off"
          aria-invalid={error !== ""}
          aria-describedby={`${id}-hint ${id}-error`}
          onInput={(event) => set({ ...value, zone: event.currentTarget.value.trim() })}
        />
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
        <p class="field-error" id={`${id}-error`} role="status">
          {error}
        </p>
      </div>
      <div class="field">
        <label for={`${id}-encoding`}>{w.encoding}</label>
        <select
          id={`${id}-encoding`}
          value={value.encoding}
          data-field="encoding"
          onChange={(event) => set({ ...value, encoding: event.currentTarget.value })}
        >
          <option value="">{w.automatic}</option>
          {ENCODINGS.map((encoding) => (
            <option key={encoding} value={encoding}>
              {encoding}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}
