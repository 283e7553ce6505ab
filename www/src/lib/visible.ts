// Makes log text showable as text: nothing in it may hide, reorder or act.
//
// Control characters become their symbols (U+2400 block), what is invisible or changes the writing
// direction becomes its code point in ⟦⟧. Marks count characters of the original text. No log text
// reaches the page by another way.

/** A stretch of text to be shown alike. `standIn`: shown instead of a character that cannot be seen. */
export interface Stretch {
  readonly text: string;
  readonly standIn: boolean;
  readonly marked: boolean;
}

// Direction marks and overrides, zero-width and other format characters, line separators, tags.
const UNSEEN =
  /[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF9-\uFFFB]|[\u{E0000}-\u{E0FFF}]/u;

/** What stands for a character that cannot be seen as it is; none where it can. */
function standIn(character: string): string | undefined {
  const code = character.codePointAt(0) as number;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  const lone = code >= 0xd800 && code <= 0xdfff;
  if ((code >= 0x80 && code < 0xa0) || lone || UNSEEN.test(character)) return `⟦U+${hex(code)}⟧`;
  return undefined;
}

const hex = (code: number) => code.toString(16).toUpperCase().padStart(4, "0");

/** Cuts text into stretches; `mark` is the first marked character and the one behind the last. */
export function stretches(text: string, mark?: readonly [number, number] | null): Stretch[] {
  const found: Stretch[] = [];
  const [from, until] = mark ?? [0, 0];
  let plain = "";
  let marked = false;
  const flush = () => {
    if (plain !== "") found.push({ text: plain, standIn: false, marked });
    plain = "";
  };
  let at = 0;
  for (const character of text) {
    const inside = at >= from && at < until;
    const symbol = standIn(character);
    if (inside !== marked || symbol !== undefined) flush();
    marked = inside;
    if (symbol === undefined) plain += character;
    else found.push({ text: symbol, standIn: true, marked });
    at++;
  }
  flush();
  return found;
}

/** The same as one string, for attributes and titles. */
export function visible(text: string): string {
  return stretches(text)
    .map((stretch) => stretch.text)
    .join("");
}

/** The same for a text that the program itself laid out in lines. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}
