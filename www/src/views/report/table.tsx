// A table that scrolls sideways in narrow windows, reachable by keyboard for that.

import type { ComponentChildren, JSX } from "preact";

interface Props {
  readonly label: string;
  readonly heads: readonly string[];
  /** Columns of numbers, set to the right. */
  readonly numeric?: readonly number[];
  readonly children: ComponentChildren;
}

export function Table({ label, heads, numeric = [], children }: Props): JSX.Element {
  return (
    <div class="table" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {heads.map((head, at) => (
              <th scope="col" key={at} class={numeric.includes(at) ? "number" : undefined}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        {children}
      </table>
    </div>
  );
}
