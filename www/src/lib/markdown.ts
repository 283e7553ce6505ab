// The part of Markdown that instructions may use: headings, paragraphs, lists, strong and code. No
// links and no pictures: they would lead out of the page. Everything else is text as it stands.

export interface Inline {
  readonly kind: "text" | "strong" | "code";
  readonly text: string;
}

export type Block =
  | { readonly kind: "heading" | "paragraph"; readonly parts: readonly Inline[] }
  | { readonly kind: "list"; readonly isNumbered: boolean; readonly items: readonly (readonly Inline[])[] };

const ITEM = /^\s*(?:[-*]|(\d{1,3})[.)])\s+(.*)$/;
const HEADING = /^#{1,6}\s+(.*)$/;
const MARKED = /\*\*([^*]+)\*\*|`([^`]+)`/g;

/** A text in its blocks, which blank lines and changes of kind part. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  const flush = () => {
    if (lines.length > 0) blocks.push({ kind: "paragraph", parts: inlinesOf(lines.join(" ")) });
    lines = [];
  };
  for (const line of text.split(/\r?\n/)) {
    const heading = HEADING.exec(line);
    const item = ITEM.exec(line);
    if (heading || item || line.trim() === "") flush();
    if (heading) blocks.push({ kind: "heading", parts: inlinesOf(heading[1] ?? "") });
    else if (item) addItem(blocks, item[1] !== undefined, inlinesOf(item[2] ?? ""));
    else if (line.trim() !== "") lines.push(line.trim());
  }
  flush();
  return blocks;
}

function addItem(blocks: Block[], isNumbered: boolean, item: readonly Inline[]): void {
  const last = blocks.at(-1);
  const isSame = last?.kind === "list" && last.isNumbered === isNumbered;
  if (isSame) blocks[blocks.length - 1] = { ...last, items: [...last.items, item] };
  else blocks.push({ kind: "list", isNumbered, items: [item] });
}

function inlinesOf(text: string): Inline[] {
  const parts: Inline[] = [];
  let done = 0;
  for (const found of text.matchAll(MARKED)) {
    if (found.index > done) parts.push({ kind: "text", text: text.slice(done, found.index) });
    const [whole, strong, code] = found;
    parts.push(strong === undefined ? { kind: "code", text: code ?? "" } : { kind: "strong", text: strong });
    done = found.index + whole.length;
  }
  if (done < text.length) parts.push({ kind: "text", text: text.slice(done) });
  return parts;
}
