// The settings as typed, and what the engine says of them. A setting that was left empty is left
// out, so that the engine's default holds.

import { computed, signal } from "@preact/signals";
import type { Settings } from "../engine/protocol";

export type SettingName = "log_formats" | "zone" | "since" | "until";

export const SETTING_NAMES: readonly SettingName[] = ["log_formats", "zone", "since", "until"];

/** As typed. */
export const typed = signal<Readonly<Record<SettingName, string>>>({
  log_formats: "",
  zone: "",
  since: "",
  until: "",
});

/** What the engine found wrong, by setting. */
export const wrong = signal<Readonly<Partial<Record<SettingName, string>>>>({});

export const settingsWrong = computed(() => Object.keys(wrong.value).length > 0);

export const settingsInForce = computed(() => settingsOf(typed.value, SETTING_NAMES));

/** The settings named, as the engine takes them. */
export function settingsOf(
  from: Readonly<Record<SettingName, string>>,
  names: readonly SettingName[],
): Settings {
  const settings: Settings = {};
  for (const name of names) {
    const value = from[name].trim();
    if (value === "") continue;
    if (name === "log_formats")
      settings.log_formats = value
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean);
    else settings[name] = value;
  }
  return settings;
}
