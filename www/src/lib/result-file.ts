// Which files are results, or a vendor's key: told by how they begin, and by nothing else.

const SEALED = "sekisho-sealed-1";
const RESULT = /^\uFEFF?\s*\{\s*"sekisho_result"/;
const HEAD_BYTES = 64;
// A key file has some two hundred.
const MOST_KEY_BYTES = 2_000;

const start = (file: Blob): Promise<string> => file.slice(0, HEAD_BYTES).text();

/** Whether a file is sealed. */
export const isSealed = async (file: Blob): Promise<boolean> => (await start(file)).startsWith(SEALED);

/** Whether a file is a result, sealed or not. */
export async function isResult(file: Blob): Promise<boolean> {
  const head = await start(file);
  return head.startsWith(SEALED) || RESULT.test(head);
}

/** Whether a file is a vendor's key. */
export const isKey = async (file: Blob): Promise<boolean> =>
  file.size <= MOST_KEY_BYTES && (await file.text()).includes('"sekisho_key"');
