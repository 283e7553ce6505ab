// The format that is being described: the stream it is of, and what the engine makes of the first
// records with the description so far.

import { signal } from "@preact/signals";
import type { Checked } from "../engine/check";
import type { Preview, StreamId } from "../engine/protocol";
import { engines } from "./engine";
import { idOf } from "../lib/draft";
import { passwords } from "./passwords";
import { mappings, settingsInForce } from "./settings";
import { settingsName } from "./streams";

/** What is described. */
export interface Described {
  readonly stream: StreamId;
  /** As the settings name it. */
  readonly name: string;
  readonly file: Blob;
  readonly checked: Checked;
}

export const described = signal<Described | null>(null);

/** Opens the dialog for a stream of the report. */
export function describe(checked: Checked, id: number): void {
  const stream = checked.plan.streams[id];
  const source = stream && checked.plan.sources[stream.of];
  const file = checked.fileOfStream.get(id);
  if (!stream || !source || !file) return;
  const { path_inside } = stream.found;
  described.value = {
    stream: { source: source.name, ordinal: stream.ordinal, path_inside },
    name: settingsName(source.name, path_inside),
    file,
    checked,
  };
}

/** The first records as understood with a description, or without one, in a zone. */
export async function preview(
  { stream, name, file }: Described,
  mapping: { readonly name: string; readonly text: string } | undefined,
  zone: string,
): Promise<Preview> {
  const settings = { ...settingsInForce.value };
  if (mapping) {
    const others = mappings.value.filter(({ id }) => id !== idOf(mapping.name)).map(({ text }) => text);
    settings.mappings = [mapping.text, ...others];
  }
  if (zone.trim() !== "") settings.zones = { ...settings.zones, [name]: zone.trim() };
  const engine = (await engines()).idle();
  return engine.ask("preview", { stream, file, settings, passwords: passwords.value });
}
