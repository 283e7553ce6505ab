// Long lists without long waits: rows are drawn by the chunk, and only the chunks near the window
// are there at all. Rows may have any height; a chunk that leaves keeps the height it had.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { isPrinting } from "./print";

interface Props<T> {
  readonly items: readonly T[];
  /** Draws one item, which brings its key. */
  readonly row: (item: T, at: number) => ComponentChildren;
  /** About how high a row is, in CSS pixels, before it was ever drawn. */
  readonly rowHeight: number;
  /** `tbody` inside tables, where a placeholder row spans `columns`. */
  readonly as?: "div" | "ul" | "ol" | "tbody";
  readonly columns?: number;
  readonly size?: number;
}

// How far from the window a chunk is drawn already.
const MARGIN = "900px 0px";

export function Chunks<T>({
  items,
  row,
  rowHeight,
  as = "div",
  columns = 1,
  size = 40,
}: Props<T>): JSX.Element {
  const chunks: JSX.Element[] = [];
  for (let from = 0; from < items.length; from += size) {
    const part = items.slice(from, from + size);
    chunks.push(
      <Chunk key={from} as={as} columns={columns} height={part.length * rowHeight} always={from === 0}>
        {() => part.map((item, at) => row(item, from + at))}
      </Chunk>,
    );
  }
  return <>{chunks}</>;
}

interface ChunkProps {
  readonly as: NonNullable<Props<unknown>["as"]>;
  readonly columns: number;
  readonly height: number;
  /** Drawn wherever the window is: the first chunk, so that a list never looks empty. */
  readonly always: boolean;
  readonly children: () => ComponentChildren;
}

function Chunk({ as: Tag, columns, height, always, children }: ChunkProps): JSX.Element {
  const element = useRef<HTMLElement>(null);
  const kept = useRef(height);
  const [isNear, setNear] = useState(always);
  const near = isNear || isPrinting.value;
  useEffect(() => {
    const watched = element.current;
    if (!watched || always) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const isNear = entries.at(-1)?.isIntersecting ?? true;
        // Whoever holds the focus stays, or the keyboard would lose its place.
        if (!isNear && watched.contains(document.activeElement)) return;
        if (!isNear && watched.offsetHeight > 0) kept.current = watched.offsetHeight;
        setNear(isNear);
      },
      // Named, because margins do not apply to the implicit root inside a frame.
      { root: document, rootMargin: MARGIN },
    );
    observer.observe(watched);
    return () => observer.disconnect();
  }, []);
  const rest = { height: `${kept.current}px` };
  const placeholder =
    Tag === "tbody" ? (
      <tr>
        <td colSpan={columns} style={rest} />
      </tr>
    ) : null;
  return (
    // The element type is one of four, which JSX cannot tell apart for `ref`.
    <Tag ref={element as never} class="chunk" data-near={near} style={near || placeholder ? undefined : rest}>
      {near ? children() : placeholder}
    </Tag>
  );
}
