// Case files: a report with its judgements and settings, to be opened again. The first line says what
// it is, its version, and the SHA-256 of the rest, which is gzip of JSON. The report stands in it as
// a text, so that it is the same to the byte when it is opened.

/** What a case file holds. */
export interface CaseContent {
  /** The report's JSON, to the byte. */
  readonly report: string;
}

/** Why a case file cannot be opened. */
export class CaseFault extends Error {
  constructor(
    readonly kind: "newer" | "damaged" | "strange",
    detail: string,
  ) {
    super(detail);
  }
}

const MAGIC = "SEKISHO-CASE";
const VERSION = 1;
const HEAD = /^SEKISHO-CASE (\d+) ([0-9a-f]{64})\n/;
// The longest first line.
const HEAD_BYTES = 128;
/** What the JSON of a report begins with. */
const REPORT = '{"tool":{"name":"sekisho"';

const start = (file: Blob): Promise<string> => file.slice(0, HEAD_BYTES).text();

/** Whether a file is a case or the JSON of a report, told by how it begins. */
export async function isCase(file: Blob): Promise<boolean> {
  const head = await start(file);
  return head.startsWith(`${MAGIC} `) || head.startsWith(REPORT);
}

export async function writeCase(content: CaseContent): Promise<Blob> {
  const packed = await through(new Blob([JSON.stringify(content)]), new CompressionStream("gzip"));
  return new Blob([`${MAGIC} ${VERSION} ${await digestOf(packed)}\n`, packed]);
}

/** Reads a case file, or the JSON of a report as a case. Rejects with a `CaseFault`. */
export async function readCase(file: Blob): Promise<CaseContent> {
  const head = await start(file);
  if (head.startsWith(REPORT)) return { report: (await file.text()).trimEnd() };
  const [line, version, digest] = HEAD.exec(head) ?? [];
  if (line === undefined) throw new CaseFault("damaged", "the first line is not that of a case");
  if (Number(version) !== VERSION) throw new CaseFault("newer", `version ${version}, not ${VERSION}`);
  const packed = new Uint8Array(await file.slice(line.length).arrayBuffer());
  const found = await digestOf(packed);
  if (found !== digest)
    throw new CaseFault("damaged", `SHA-256 ${found}, not ${digest}, of ${packed.length} bytes`);
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
  const { report } = (content ?? {}) as { report?: unknown };
  if (typeof report !== "string") throw new CaseFault("strange", "it holds no report");
  return { report };
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
