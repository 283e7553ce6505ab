// The settings as typed, and what the engine says of them. A setting that was left empty is left
// out, so that the engine's default holds.

import { computed, signal } from "@preact/signals";
import type { ListedRule, Settings } from "../engine/protocol";

export type SettingName = "log_formats" | "zone" | "latest" | "since" | "until";

export const SETTING_NAMES: readonly SettingName[] = ["log_formats", "zone", "latest", "since", "until"];

/** As typed. */
export const typed = signal<Readonly<Record<SettingName, string>>>({
  log_formats: "",
  zone: "",
  latest: "",
  since: "",
  until: "",
});

/** Whether 05/06/2021 is the fifth of June. */
export const dayFirst = signal(false);

export type DeclaredName = "own_networks" | "own_domains" | "vendor_accounts" | "vendor_windows";

/** What is known of the organisation and cannot be told from logs, as typed: one or more a line. */
export const declared = signal<Readonly<Record<DeclaredName, string>>>({
  own_networks: "",
  own_domains: "",
  vendor_accounts: "",
  vendor_windows: "",
});

/** What the engine says against it. */
export const wrongDeclared = signal("");

/** What is declared, as the engine takes it; none where nothing is. */
export function declaredOf(from: Readonly<Record<DeclaredName, string>>): object | undefined {
  const entries = Object.entries(from).map(([name, text]) => [name, text.split(/[\s,、]+/).filter(Boolean)]);
  const stated = entries.filter(([, values]) => (values as string[]).length > 0);
  return stated.length > 0 ? Object.fromEntries(stated) : undefined;
}

/** What is set for one stream; empty where the engine is to tell by itself. */
export interface StreamSettings {
  readonly zone: string;
  readonly encoding: string;
}

/** By the name of the stream, as the engine's settings name it. */
export const streamSettings = signal<ReadonlyMap<string, StreamSettings>>(new Map());

/** A description of a format that was given or made here. */
export interface OwnMapping {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

export const mappings = signal<readonly OwnMapping[]>([]);

/** The encodings that the engine knows by these names. */
export const ENCODINGS = [
  "utf8",
  "shift_jis",
  "euc_jp",
  "iso2022_jp",
  "utf16_le",
  "utf16_be",
  "utf32_le",
  "utf32_be",
  "latin1",
] as const;

export const LEVELS = ["informational", "low", "medium", "high", "critical"] as const;

/** Which of the rules make findings, as chosen. */
export interface RuleChoice {
  readonly level: (typeof LEVELS)[number];
  readonly tag: string;
  readonly source: string;
  /** Ids of rules that are switched off. */
  readonly without: ReadonlySet<string>;
}

export const ruleChoice = signal<RuleChoice>({
  level: "informational",
  tag: "",
  source: "",
  without: new Set(),
});

/** Switches a rule off, or on again. */
export function setWithout(id: string, isOff: boolean): void {
  const without = new Set(ruleChoice.value.without);
  if (isOff) without.add(id);
  else without.delete(id);
  ruleChoice.value = { ...ruleChoice.value, without };
}

/** Whether a rule is among those chosen; the engine decides by the same. */
export function isChosen(rule: ListedRule, { level, tag, source, without }: RuleChoice): boolean {
  const asked = tag.trim().toLowerCase();
  const own = rule.tags.map((tag) => tag.toLowerCase());
  const parts = source.trim().split("/");
  const isOf = (own: string, at: number) => parts[at] === "-" || parts[at] === own;
  const sources = rule.source.split("/");
  return (
    LEVELS.indexOf(rule.level) >= LEVELS.indexOf(level) &&
    !without.has(rule.id) &&
    (asked === "" || own.some((tag) => tag === asked || tag.startsWith(`${asked}.`))) &&
    (source.trim() === "" ||
      rule.is_correlation ||
      (parts.length > 1
        ? parts.length === sources.length && sources.every(isOf)
        : sources.includes(source.trim())))
  );
}

/** The choice as the engine takes it; none where nothing was chosen. */
function rulesOf({ level, tag, source, without }: RuleChoice): object | undefined {
  const isSet = level !== "informational" || tag.trim() !== "" || source.trim() !== "" || without.size > 0;
  const some = (text: string) => (text.trim() === "" ? [] : [text.trim()]);
  if (!isSet) return undefined;
  return { least_level: level, tags: some(tag), sources: some(source), without: [...without].sort() };
}

/** What the engine found wrong, by setting. */
export const wrong = signal<Readonly<Partial<Record<SettingName, string>>>>({});

export const settingsWrong = computed(
  () => Object.keys(wrong.value).length > 0 || wrongDeclared.value !== "",
);

/** Those in the vendor's checker that the page is; what is typed here goes before them. */
export const settingsOfChecker = signal<Settings>({});

export const settingsInForce = computed((): Settings => {
  const settings = { ...settingsOfChecker.value, ...settingsOf(typed.value, SETTING_NAMES) };
  if (dayFirst.value) settings.day_first = true;
  if (mappings.value.length > 0) settings.mappings = mappings.value.map(({ text }) => text);
  for (const [name, { zone, encoding }] of streamSettings.value) {
    if (zone !== "") (settings.zones ??= {})[name] = zone;
    if (encoding !== "") (settings.encodings ??= {})[name] = encoding;
  }
  const known = declaredOf(declared.value);
  if (known) settings["declared"] = known;
  const rules = rulesOf(ruleChoice.value);
  if (rules) settings.rules = { ...(settings.rules as object | undefined), ...rules };
  return settings;
});

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

/** Sets zone and encoding of a stream; both empty takes it out. */
export function setStream(name: string, settings: StreamSettings): void {
  const now = new Map(streamSettings.value);
  if (settings.zone === "" && settings.encoding === "") now.delete(name);
  else now.set(name, settings);
  streamSettings.value = now;
}

/** Adds a mapping; one with the same id takes the place of the other. */
export function addMapping(mapping: OwnMapping): void {
  mappings.value = [...mappings.value.filter(({ id }) => id !== mapping.id), mapping];
}

export function removeMapping(id: string): void {
  mappings.value = mappings.value.filter((mapping) => mapping.id !== id);
}
