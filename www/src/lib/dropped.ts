// Files out of a drop, folders walked, names with their folders.
//
// Three ways, best first: file system handles (folders also at file://), entries, plain files.
// What cannot be opened is named, never left out in silence.

import type { Given, Refused } from "../engine/check";

/** What a drop or a choice brought. */
export interface Gathered {
  readonly given: Given[];
  readonly refused: Refused[];
}

interface WithHandles extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

interface Folder extends FileSystemDirectoryHandle {
  values(): AsyncIterableIterator<FileSystemDirectoryHandle | FileSystemFileHandle>;
}

/** Everything in a drop. Call it within the drop event: the browser clears the items afterwards. */
export function gather(transfer: DataTransfer): Promise<Gathered> {
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const files = [...transfer.files];
  const handles = items.map((item: WithHandles) => item.getAsFileSystemHandle?.().catch(() => null));
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? null);
  return unfold(handles, entries, files);
}

/** Files from an input; folders chosen there come as files with their relative paths. */
export function chosen(files: Iterable<File>): Gathered {
  return {
    given: [...files].map((file) => ({ name: file.webkitRelativePath || file.name, file })),
    refused: [],
  };
}

async function unfold(
  handles: (Promise<FileSystemHandle | null> | undefined)[],
  entries: (FileSystemEntry | null)[],
  files: File[],
): Promise<Gathered> {
  const found: Gathered = { given: [], refused: [] };
  for (const [at, promised] of handles.entries()) {
    const handle = await promised;
    const entry = entries[at];
    const file = files[at];
    if (handle) await fromHandle(handle as Folder | FileSystemFileHandle, "", found);
    else if (entry) await fromEntry(entry, found, file);
    else if (file) found.given.push({ name: file.name, file });
  }
  // A drop without items, as scripts and old browsers make it.
  return handles.length > 0 ? found : chosen(files);
}

async function fromHandle(
  handle: Folder | FileSystemFileHandle,
  folder: string,
  found: Gathered,
): Promise<void> {
  const name = folder + handle.name;
  try {
    if (handle.kind === "file") found.given.push({ name, file: await handle.getFile() });
    else for await (const inner of handle.values()) await fromHandle(inner as Folder, `${name}/`, found);
  } catch (error) {
    found.refused.push({ name, message: String(error) });
  }
}

async function fromEntry(entry: FileSystemEntry, found: Gathered, file?: File): Promise<void> {
  const name = entry.fullPath.replace(/^\//, "");
  try {
    if (entry.isFile) found.given.push({ name, file: await fileOf(entry as FileSystemFileEntry) });
    else for (const inner of await children(entry as FileSystemDirectoryEntry)) await fromEntry(inner, found);
  } catch (error) {
    // At file:// entries cannot be opened in some browsers; the plain file of the drop can.
    if (file) found.given.push({ name, file });
    else found.refused.push({ name, message: String(error) });
  }
}

const fileOf = (entry: FileSystemFileEntry) =>
  new Promise<File>((resolve, reject) => entry.file(resolve, reject));

async function children(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    // The reader hands out at most 100 entries at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}
