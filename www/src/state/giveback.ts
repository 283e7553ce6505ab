// What a client gives back of its report. The text that is shown is the text that is saved.

import type { OpenedChecker, ResultLevel, Settings } from "../engine/protocol";
import { download } from "../lib/download";
import { fileName } from "../lib/training";
import type { Report } from "../wire/report";
import { checker } from "./checker";
import { engines } from "./engine";

export const LEVELS: readonly ResultLevel[] = ["verdict", "counts", "pseudonyms", "full"];

const KEY_BYTES = 32;

/** By which names become pseudonyms where no vendor asks: another one each time that the page is opened. */
let random: Uint8Array | undefined;

/** The vendor that asked for the check, where this page is the checker that the report was made with. */
export function recipientOf({ settings }: Pick<Report, "settings">): OpenedChecker | undefined {
  const now = checker.value;
  const by = (settings as Settings | null)?.checker?.fingerprint;
  return now.kind === "opened" && now.opened.fingerprint === by ? now.opened : undefined;
}

const engine = async () => (await engines()).at(0);

/** In UTC, as all times of a roll-up. */
const today = () => new Date().toISOString().slice(0, 10);

/** What a result would contain, to the byte. */
export async function resultText(
  level: ResultLevel,
  client: string,
  to: OpenedChecker | undefined,
): Promise<string> {
  random ??= crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const asked = to?.about.questions ?? [];
  return (await engine()).ask("makeResult", {
    level,
    client,
    asked,
    to: to?.recipient,
    random,
    day: today(),
  });
}

/** Saves a text that was shown; for a vendor alone to read, where one is given. */
export async function saveResult(report: Report, text: string, to: OpenedChecker | undefined): Promise<void> {
  const name = `${fileName(report)}.result`;
  if (!to) return download(`${name}.json`, new Blob([text], { type: "application/json" }));
  const sealed = await (await engine()).ask("sealResult", { text, to: to.recipient });
  download(`${name}.sealed`, new Blob([sealed], { type: "application/octet-stream" }));
}
