// Who came from which network: an account in many networks and a network with many accounts stand
// first, so that spread shows at a glance.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Crossing, ExploreAnswer } from "../../engine/protocol";
import { language, words } from "../../i18n";
import { number } from "../../lib/format";
import { visible } from "../../lib/visible";
import { crossed, narrow, quoted } from "../../state/explore";

type Who = "accounts" | "organisations";

/** The names by which the rows are asked for. */
const NAMES: Record<Who, readonly string[]> = {
  accounts: ["user.name", "user.email", "user.id"],
  organisations: ["organization.name", "organization.id"],
};

export function Crossed({ answer }: { answer: ExploreAnswer }): JSX.Element {
  const w = words.value.crossed;
  const [who, setWho] = useState<Who>("accounts");
  const [crossing, setCrossing] = useState<Crossing | undefined>();
  useEffect(() => {
    let isCurrent = true;
    void crossed(who).then((crossing) => isCurrent && setCrossing(crossing));
    return () => {
      isCurrent = false;
    };
  }, [answer, who]);
  return (
    <div data-crossed={who}>
      <p class="intro">{w.intro}</p>
      <div class="switch" role="group" aria-label={w.rows}>
        {(["accounts", "organisations"] as const).map((one) => (
          <button
            type="button"
            key={one}
            data-who={one}
            aria-pressed={who === one}
            onClick={() => setWho(one)}
          >
            {w[one]}
          </button>
        ))}
      </div>
      {crossing &&
        (crossing.who.length > 0 ? <Grid crossing={crossing} who={who} /> : <p class="none">{w.none}</p>)}
    </div>
  );
}

/** How strongly a cell is filled, 1 to 4, by magnitude. */
const depth = (events: number, most: number) =>
  Math.max(1, Math.ceil((Math.log1p(events) / Math.log1p(most)) * 4));

function Grid({ crossing, who }: { crossing: Crossing; who: Who }): JSX.Element {
  const w = words.value.crossed;
  const l = language.value;
  const { networks, cells, all_who, all_networks } = crossing;
  const at = new Map(cells.map(([row, column, events]) => [`${row} ${column}`, events]));
  const most = cells.reduce((most, [, , events]) => Math.max(most, events), 1);
  const askFor = (name: string, network?: string) => {
    const names = NAMES[who].map((of) => `${of}:${quoted(name)}`).join(" or ");
    narrow(`(${names})${network === undefined ? "" : ` source.address:${network}`}`);
  };
  return (
    <>
      <p class="hint">
        {w.shown(
          number(l, crossing.who.length),
          number(l, all_who),
          number(l, networks.length),
          number(l, all_networks),
        )}
      </p>
      <div class="table crossing" role="region" aria-label={w.title} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{w[who]}</th>
              <th scope="col" class="number">
                {w.networks}
              </th>
              {networks.map(([name, count]) => (
                <th scope="col" key={name} class="network">
                  <button type="button" class="link" onClick={() => narrow(`source.address:${name}`)}>
                    {name}
                  </button>
                  <div class={count > 1 ? "many" : "faint"}>{w.shared(number(l, count))}</div>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {crossing.who.map(([name, count], row) => (
              <tr key={name}>
                <th scope="row">
                  <button type="button" class="link" onClick={() => askFor(name)}>
                    <bdi>{visible(name)}</bdi>
                  </button>
                </th>
                <td class={count > 1 ? "number many" : "number"}>{number(l, count)}</td>
                {networks.map(([network], column) => {
                  const events = at.get(`${row} ${column}`);
                  return (
                    <td key={network} class={events ? `depth-${depth(events, most)}` : "field-empty"}>
                      {events !== undefined && (
                        <button
                          type="button"
                          class="cell-button"
                          aria-label={w.cell(visible(name), network, number(l, events))}
                          onClick={() => askFor(name, network)}
                        >
                          {number(l, events)}
                        </button>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
