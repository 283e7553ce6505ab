// The values that what was found has most, each of which narrows the query to it or to all others.

import type { JSX } from "preact";
import type { Facet } from "../../engine/protocol";
import { language, words } from "../../i18n";
import { number } from "../../lib/format";
import { visible } from "../../lib/visible";
import { exploring, facetNames, pivot, setFacets } from "../../state/explore";

export function Facets({ facets }: { facets: readonly Facet[] }): JSX.Element {
  const w = words.value.explore;
  const now = exploring.value;
  const others =
    now.kind === "ready"
      ? now.names.filter(({ is_present, name }) => is_present && !facetNames.value.includes(name))
      : [];
  return (
    <section class="facets" aria-label={w.values}>
      {facets.map((facet) => (
        <OneFacet key={facet.name} facet={facet} />
      ))}
      {others.length > 0 && (
        <label class="facet-more">
          <span class="unseen-text">{w.moreValues}</span>
          <select
            value=""
            data-field="more-values"
            onChange={(event) => setFacets([...facetNames.value, event.currentTarget.value])}
          >
            <option value="">{w.moreValues}</option>
            {others.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </section>
  );
}

function OneFacet({ facet: { name, distinct, values } }: { facet: Facet }): JSX.Element {
  const w = words.value.explore;
  const l = language.value;
  return (
    <details class="facet" open data-facet={name}>
      <summary>
        <code>{name}</code> <span class="count">{number(l, distinct)}</span>
      </summary>
      <ul>
        {values.map(([value, events]) => (
          <li key={value}>
            <button
              type="button"
              class="facet-value"
              title={w.only(visible(value))}
              onClick={() => pivot(name, value)}
            >
              <bdi>{visible(value)}</bdi>
              <span class="number">{number(l, events)}</span>
            </button>
            <button
              type="button"
              class="quiet facet-not"
              aria-label={w.without(visible(value))}
              title={w.without(visible(value))}
              onClick={() => pivot(name, value, true)}
            >
              −
            </button>
          </li>
        ))}
      </ul>
      {distinct > values.length && <p class="hint">{w.moreDistinct(number(l, distinct - values.length))}</p>}
    </details>
  );
}
