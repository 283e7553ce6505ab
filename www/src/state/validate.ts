// Asks the engine about the settings while they are typed: each alone, so that an error shows at
// its field, then all together.

import { effect } from "@preact/signals";
import { engines, messageOf } from "./engine";
import {
  declared,
  declaredOf,
  SETTING_NAMES,
  settingsOf,
  typed,
  wrong,
  wrongDeclared,
  type SettingName,
} from "./settings";

const PAUSE_MS = 250;

async function judge(values: Readonly<Record<SettingName, string>>): Promise<void> {
  const engine = (await engines()).idle();
  const found: Partial<Record<SettingName, string>> = {};
  const ask = async (names: readonly SettingName[], at: SettingName) => {
    try {
      await engine.ask("checkSettings", { settings: settingsOf(values, names) });
    } catch (error) {
      found[at] = messageOf(error);
    }
  };
  for (const name of SETTING_NAMES) if (values[name].trim() !== "") await ask([name], name);
  // Only the two ends of the period can contradict each other.
  if (Object.keys(found).length === 0) await ask(SETTING_NAMES, "until");
  if (typed.peek() === values) wrong.value = found;
}

/** Says what is wrong with what is declared. */
export async function judgeDeclared(values = declared.value): Promise<void> {
  const known = declaredOf(values);
  const engine = (await engines()).idle();
  const said = known
    ? await engine.ask("checkSettings", { settings: { declared: known } }).then(() => "", messageOf)
    : "";
  if (declared.peek() === values) wrongDeclared.value = said;
}

/** Watches the settings for as long as the page lives. */
export function watchSettings(): void {
  let pauseDeclared: ReturnType<typeof setTimeout> | undefined;
  let isFirst = true;
  effect(() => {
    const values = declared.value;
    clearTimeout(pauseDeclared);
    if (!isFirst) pauseDeclared = setTimeout(() => void judgeDeclared(values), PAUSE_MS);
    isFirst = false;
  });
  let pause: ReturnType<typeof setTimeout> | undefined;
  let first = true;
  effect(() => {
    const values = typed.value;
    clearTimeout(pause);
    if (!first) pause = setTimeout(() => void judge(values), PAUSE_MS);
    first = false;
  });
}

/** What the engine says against a zone; none where it is known or left empty. */
export async function wrongZone(zone: string): Promise<string | undefined> {
  if (zone.trim() === "") return undefined;
  try {
    await (await engines()).idle().ask("checkSettings", { settings: { zone: zone.trim() } });
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
