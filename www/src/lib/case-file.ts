// Case files: a report with its judgements and settings, to be opened again. The first line says what
// it is, its version, and the SHA-256 of the rest, which is gzip of JSON. The report stands in it as
// a text, so that it is the same to the byte when it is opened.
//
// A case with a passphrase has another version. Behind its first line stand how often the key was
// stretched, salt, nonce, and the gzip under AES-GCM with 256 bits; the key is PBKDF2 of the passphrase
// with HMAC-SHA-256. The digest is of all that is stored, so that damage is told before anybody is asked
// for a passphrase.

/** What showed of a case's events. */
export interface View {
  readonly asked: string;
  /** What they were sorted by; the order of the logs where nothing is named. */
  readonly sortedBy: string | undefined;
  readonly isDescending: boolean;
  readonly columns: readonly string[];
  readonly facets: readonly string[];
}

/** What a case file holds. */
export interface CaseContent {
  /** The report's JSON, to the byte. */
  readonly report: string;
  /** What showed of its events, where they were looked at. */
  readonly view?: View | undefined;
  /** The answer sheet of an exercise on it that goes on, as JSON. */
  readonly sheet?: string | undefined;
}

/** Why a case file cannot be opened. */
export class CaseFault extends Error {
  constructor(
    readonly kind: "newer" | "damaged" | "strange" | "locked",
    detail: string,
  ) {
    super(detail);
  }
}

const MAGIC = "SEKISHO-CASE";
const VERSION = 1;
const LOCKED_VERSION = 2;
const HEAD = /^SEKISHO-CASE (\d+) ([0-9a-f]{64})\n/;
// What OWASP asks of PBKDF2 with HMAC-SHA-256.
const STRETCHED = 600_000;
// A file that asks for more only wants to keep the page busy.
const MOST_STRETCHED = 20_000_000;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const COUNT_BYTES = 4;
const HEAD_OF_LOCKED = COUNT_BYTES + SALT_BYTES + NONCE_BYTES;
// The longest first line.
const HEAD_BYTES = 128;
/** What the JSON of a report begins with. */
const REPORT = '{"tool":{"name":"sekisho"';

const start = (file: Blob): Promise<string> => file.slice(0, HEAD_BYTES).text();

/** Whether a file is the JSON of a report, told by how it begins. */
export const isReport = async (file: Blob): Promise<boolean> => (await start(file)).startsWith(REPORT);

/** Whether a file is a case or the JSON of a report, told by how it begins. */
export async function isCase(file: Blob): Promise<boolean> {
  const head = await start(file);
  return head.startsWith(`${MAGIC} `) || head.startsWith(REPORT);
}

/** Writes a case; with a passphrase nobody can read it without. */
export async function writeCase(content: CaseContent, passphrase?: string): Promise<Blob> {
  const packed = await through(new Blob([JSON.stringify(content)]), new CompressionStream("gzip"));
  if (passphrase === undefined) return new Blob([`${MAGIC} ${VERSION} ${await digestOf(packed)}\n`, packed]);
  const stored = await locked(packed, passphrase);
  return new Blob([`${MAGIC} ${LOCKED_VERSION} ${await digestOf(stored)}\n`, stored]);
}

async function keyOf(passphrase: string, salt: Uint8Array<ArrayBuffer>, iterations: number) {
  // The same characters give the same key, whatever keyboard they were typed on.
  const bytes = new TextEncoder().encode(passphrase.normalize("NFC"));
  const typed = await crypto.subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

async function locked(packed: Uint8Array<ArrayBuffer>, passphrase: string) {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const key = await keyOf(passphrase, salt, STRETCHED);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, packed);
  const stretched = new DataView(new ArrayBuffer(COUNT_BYTES));
  stretched.setUint32(0, STRETCHED);
  return new Uint8Array(await new Blob([stretched, salt, iv, sealed]).arrayBuffer());
}

/** How often the key of a stored case was stretched. */
function stretchedIn(stored: Uint8Array<ArrayBuffer>): number {
  const count = stored.length > HEAD_OF_LOCKED ? new DataView(stored.buffer).getUint32(0) : 0;
  if (count < 1 || count > MOST_STRETCHED) throw new CaseFault("damaged", `${count} rounds of PBKDF2`);
  return count;
}

async function unlocked(stored: Uint8Array<ArrayBuffer>, passphrase: string) {
  const salt = stored.slice(COUNT_BYTES, COUNT_BYTES + SALT_BYTES);
  const iv = stored.slice(COUNT_BYTES + SALT_BYTES, HEAD_OF_LOCKED);
  const iterations = stretchedIn(stored);
  const key = await keyOf(passphrase, salt, iterations);
  const sealed = stored.slice(HEAD_OF_LOCKED);
  // The digest has held, so what fails here is the passphrase.
  const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed).catch(() => {
    throw new CaseFault("locked", "the passphrase does not fit");
  });
  return new Uint8Array(opened);
}

/** Reads a case file, or the JSON of a report as a case. Rejects with a `CaseFault`. */
export async function readCase(file: Blob, passphrase?: string): Promise<CaseContent> {
  const head = await start(file);
  if (head.startsWith(REPORT)) return { report: (await file.text()).trimEnd() };
  const [line, version, digest] = HEAD.exec(head) ?? [];
  if (line === undefined) throw new CaseFault("damaged", "the first line is not that of a case");
  const isLocked = Number(version) === LOCKED_VERSION;
  if (!isLocked && Number(version) !== VERSION)
    throw new CaseFault("newer", `version ${version}, not ${VERSION} or ${LOCKED_VERSION}`);
  const stored = new Uint8Array(await file.slice(line.length).arrayBuffer());
  const found = await digestOf(stored);
  if (found !== digest)
    throw new CaseFault("damaged", `SHA-256 ${found}, not ${digest}, of ${stored.length} bytes`);
  if (isLocked) stretchedIn(stored);
  if (isLocked && passphrase === undefined) throw new CaseFault("locked", "a passphrase is needed");
  const packed = isLocked ? await unlocked(stored, passphrase ?? "") : stored;
  const text = await through(new Blob([packed]), new DecompressionStream("gzip"))
    .then((bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes))
    .catch((error: unknown) => {
      throw new CaseFault("damaged", String(error));
    });
  return contentOf(text);
}

function contentOf(text: string): CaseContent {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new CaseFault("damaged", String(error));
  }
  const { report, view, sheet } = (content ?? {}) as Partial<Record<keyof CaseContent, unknown>>;
  if (typeof report !== "string") throw new CaseFault("strange", "it holds no report");
  const saved = viewOf(view);
  return { report, ...(saved && { view: saved }), ...(typeof sheet === "string" && { sheet }) };
}

/** A view as it was saved. What is none is left out: it is no reason not to open a case. */
function viewOf(saved: unknown): View | undefined {
  if (typeof saved !== "object" || saved === null) return undefined;
  const { asked, sortedBy, isDescending, columns, facets } = saved as Record<string, unknown>;
  const texts = (list: unknown) =>
    Array.isArray(list) ? list.filter((item): item is string => typeof item === "string") : [];
  return {
    asked: typeof asked === "string" ? asked : "",
    sortedBy: typeof sortedBy === "string" ? sortedBy : undefined,
    isDescending: isDescending === true,
    columns: texts(columns),
    facets: texts(facets),
  };
}

async function through(blob: Blob, by: GenericTransformStream): Promise<Uint8Array<ArrayBuffer>> {
  const stream = blob.stream().pipeThrough(by as ReadableWritablePair<Uint8Array, Uint8Array>);
  const chunks: BlobPart[] = [];
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read())
    chunks.push(read.value as Uint8Array<ArrayBuffer>);
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
