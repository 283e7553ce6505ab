// Which files belong to exercises: answer sheets, and results that were handed in. Told by how they
// begin, and by nothing else.

const SHEET = /^\uFEFF?\s*\{\s*"sekisho_sheet"/;
const RESULT = /^\uFEFF?\s*\{\s*"sekisho_exercise"/;
const HEAD_BYTES = 64;

const start = (file: Blob): Promise<string> => file.slice(0, HEAD_BYTES).text();

/** Whether a file is an answer sheet. */
export const isSheet = async (file: Blob): Promise<boolean> => SHEET.test(await start(file));

/** Whether a file is what a trainee handed in. */
export const isHandedIn = async (file: Blob): Promise<boolean> => RESULT.test(await start(file));
