// The checker that a vendor makes on this page: what is typed and chosen for it, what a client could not use
// of that, and the making. The key stays in the page's memory until the first screen shows again.

import { computed, effect, signal } from "@preact/signals";
import type { Given } from "../engine/check";
import { Cancelled, type Engine } from "../engine/pool";
import type {
  AboutChecker,
  CheckerRole,
  NamedFile,
  OpenedChecker,
  Settings,
  WrongField,
} from "../engine/protocol";
import { download } from "../lib/download";
import { isKey } from "../lib/result-file";
import { served } from "../lib/served";
import type { PageParts } from "../lib/shell";
import { engines, messageOf } from "./engine";
import { addLists, findLists, ownLists } from "./lists";
import { sortOut } from "./mappings";
import { addRules, findRules, ownRules } from "./rules";
import { addMapping, mappings, settingsInForce } from "./settings";
import { tellOuter } from "./shell";

const NOTHING: AboutChecker = {
  title: "",
  vendor: "",
  contact: "",
  instructions: { en: "", ja: "" },
  expires: "",
  questions: [],
};

/** What the client reads. */
export const about = signal(NOTHING);
export const logo = signal<File | undefined>(undefined);
/** Settings that no field of the page has, as typed: a settings file. */
export const moreSettings = signal("");
/** Indicators go in as digests. */
export const isPrivate = signal(false);

interface VendorKey {
  readonly name: string;
  readonly text: string;
  readonly fingerprint: string;
}

export const vendorKey = signal<VendorKey | undefined>(undefined);

/** What is wrong, by field, as the engine says it. */
export const wrongFields = signal<readonly WrongField[]>([]);

/** What is wrong besides: with a file or the key, or why nothing could be made. */
export const vendorTrouble = signal("");
/** What is wrong with the settings typed in here. */
export const wrongSettings = signal("");

/** A checker that was made, and what is told of it. */
export interface MadeChecker {
  readonly bytes: number;
  readonly edition: string;
  readonly sha256: string;
  /** Of the page that it was made of. */
  readonly page: string;
}

export type Making =
  | { readonly kind: "idle" }
  | { readonly kind: "working"; readonly engine: Engine; readonly done: number; readonly total: number }
  | { readonly kind: "made"; readonly made: MadeChecker };

export const makingChecker = signal<Making>({ kind: "idle" });

/** Settings that stand elsewhere in a checker, or that a check makes. */
const ELSEWHERE = ["mappings", "indicators", "checker", "training"];
/** Those of the page that name files of the vendor's own. */
const OF_FILES = ["zones", "encodings"];

/** What was typed, as settings. Throws what is wrong with it. */
function typedSettings(text: string): Settings {
  if (text.trim() === "") return {};
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("{ … }");
  return value as Settings;
}

function checkerSettings(): Settings {
  const without = (settings: Settings, names: readonly string[]) =>
    Object.entries(settings).filter(([name]) => !names.includes(name));
  return Object.fromEntries([
    ...without(typedSettings(moreSettings.value), ELSEWHERE),
    ...without(settingsInForce.value, [...ELSEWHERE, ...OF_FILES]),
  ]);
}

const file = (role: CheckerRole, content: Blob, name: string) => ({ role, file: new File([content], name) });

/** Where a file lay is nobody's business. */
const baseName = (path: string) => path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);

const PRIVATE_NAME = "indicators.private.json";

/** The files of a checker but its indicators, in the order in which the command line takes them. */
const mark = () => (logo.value ? [{ role: "logo" as const, file: logo.value }] : []);
const rules = () => (ownRules.value?.files ?? []).map((one) => file("rules", one.file, baseName(one.name)));
const maps = () => mappings.value.map(({ id, text }) => file("mapping", new Blob([text]), `${id}.toml`));

/** Lists that are private already, and those that are not. */
export const openLists = computed(() => {
  const { files = [], read } = ownLists.value ?? {};
  const isOpen = (at: number) => read?.ids[at]?.format !== "private";
  return { open: files.filter((_, at) => isOpen(at)), hidden: files.filter((_, at) => !isOpen(at)) };
});

/** How many indicators are looked for, and how many rules can be used; none where none are given. */
export const usable = computed(() => ({
  rules: ownRules.value?.read.rules,
  indicators: ownLists.value?.read.ids
    .flatMap(({ swept }) => Object.values(swept))
    .reduce((sum, count) => sum + count, 0),
}));

/** How it will look to the client. */
export const preview = computed((): OpenedChecker => ({
  about: about.value,
  settings: {},
  fingerprint: vendorKey.value?.fingerprint ?? "",
  edition: "",
  recipient: "",
  files: mark(),
}));

let pageCame: (parts: PageParts) => void;

/** Takes what the page is made of from the outer page, which was asked for it. */
export const takePage = (parts: PageParts): void => pageCame(parts);

async function thisPage(): Promise<string> {
  const parts = new Promise<PageParts>((resolve) => (pageCame = resolve));
  tellOuter({ kind: "page" });
  return served(await parts);
}

// Typing is followed, but not letter by letter.
const PAUSE_MS = 200;

/** Follows what is typed, until it is told to stop. */
export function watchVendor(): () => void {
  let pause: ReturnType<typeof setTimeout> | undefined;
  const stop = effect(() => {
    const typed = [about.value, logo.value, moreSettings.value, settingsInForce.value];
    // A change of these is to be heard as well.
    void [ownRules.value, ownLists.value, isPrivate.value, vendorKey.value];
    clearTimeout(pause);
    pause = setTimeout(() => void judge(typed), PAUSE_MS);
    // What was made is not what shows now.
    if (makingChecker.peek().kind === "made") makingChecker.value = { kind: "idle" };
  });
  return () => {
    clearTimeout(pause);
    stop();
  };
}

const typedNow = () => [about.peek(), logo.peek(), moreSettings.peek(), settingsInForce.peek()];

async function judge(typed: readonly unknown[]): Promise<void> {
  const engine = (await engines()).idle();
  const wrong = await engine.ask("wrongAbout", { about: about.peek(), logo: logo.peek() });
  const said = await (async () => engine.ask("checkSettings", { settings: checkerSettings() }))().then(
    () => "",
    messageOf,
  );
  if (typedNow().some((value, at) => value !== typed[at])) return;
  wrongFields.value = wrong;
  wrongSettings.value = said;
}

/** Makes a key, and hands it over as a file. */
export async function makeKey(): Promise<void> {
  const text = await (await engines()).idle().ask("makeKey", {});
  download("vendor.key", new Blob([text], { type: "application/json" }));
  await takeVendorKey({ name: "vendor.key", file: new Blob([text]) });
}

/** Takes the vendor's key from its file. */
export async function takeVendorKey({ name, file }: NamedFile): Promise<void> {
  vendorTrouble.value = "";
  try {
    const text = await file.text();
    const fingerprint = await (await engines()).idle().ask("fingerprintOf", { key: text });
    vendorKey.value = { name, text, fingerprint };
  } catch (error) {
    vendorTrouble.value = `${name}: ${messageOf(error)}`;
  }
}

const isPicture = ({ name }: NamedFile) => /\.(png|jpe?g)$/i.test(name);

/** Takes files that were dropped: the key, the mark, mapping files, rules and lists. */
export async function takeForChecker(all: readonly Given[]): Promise<void> {
  const keys = await Promise.all(all.map(({ file }) => isKey(file).catch(() => false)));
  for (const [at, one] of all.entries()) if (keys[at]) await takeVendorKey(one);
  const picture = all.find(isPicture);
  if (picture) logo.value = new File([picture.file], baseName(picture.name));
  const sorted = await sortOut(all.filter((one, at) => !keys[at] && !isPicture(one)));
  sorted.mappings.forEach(addMapping);
  const sifted = await findRules(sorted.given);
  if (sifted.rules.length > 0) await addRules(sifted.rules);
  const { given, lists } = await findLists(sifted.given);
  if (lists.length > 0) await addLists(lists);
  const left = [
    ...sorted.refused.map(({ name, message }) => `${name}: ${message}`),
    ...given.map(({ name }) => name),
  ];
  vendorTrouble.value = left.join(", ");
}

async function indicators(engine: Engine, tell: (done: number) => void): Promise<OpenedChecker["files"]> {
  const { open, hidden } = openLists.value;
  const plain = isPrivate.value ? hidden : (ownLists.value?.files ?? []);
  const files = plain.map((one) => file("indicators", one.file, baseName(one.name)));
  if (!isPrivate.value || open.length === 0) return files;
  const text = await engine.ask("makePrivate", { lists: open }, tell);
  return [...files, file("indicators", new Blob([text]), PRIVATE_NAME)];
}

/** Makes the checker, and hands it over as a file. */
export async function makeChecker(): Promise<void> {
  const key = vendorKey.value?.text;
  if (key === undefined || makingChecker.value.kind === "working") return;
  vendorTrouble.value = "";
  const engine = (await engines()).idle();
  const total = openLists.value.open.length;
  const tell = (done: number) => (makingChecker.value = { kind: "working", engine, done, total });
  tell(0);
  try {
    const html = await thisPage();
    const files = [...mark(), ...rules(), ...(await indicators(engine, tell)), ...maps()];
    const asked = { html, key, about: about.value, settings: checkerSettings(), files };
    const { html: checker, edition } = await engine.ask("makeChecker", asked);
    const file = new Blob([checker], { type: "text/html" });
    download("checker.html", file);
    const sums = { sha256: await sha256(file), page: await sha256(new Blob([html])) };
    makingChecker.value = { kind: "made", made: { bytes: file.size, edition, ...sums } };
  } catch (error) {
    makingChecker.value = { kind: "idle" };
    if (!(error instanceof Cancelled)) vendorTrouble.value = messageOf(error);
  }
}

async function sha256(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Stops the making. */
export function cancelChecker(): void {
  if (makingChecker.value.kind === "working") makingChecker.value.engine.stop(new Cancelled());
}

/** What is typed stays; the key does not. */
export function forgetVendor(): void {
  cancelChecker();
  vendorKey.value = undefined;
  vendorTrouble.value = "";
  makingChecker.value = { kind: "idle" };
}
