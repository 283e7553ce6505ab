// The proof panel: the policy in force in plain words, and a live attempt at every way out.
//
// It claims nothing by colour. What was stopped is said in words, and by whom; what was not is loud.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { block } from "../engine/boot";
import { words } from "../i18n";
import { selfTest, type Attempt } from "../lib/selftest";

export function Proof(): JSX.Element {
  const w = words.value.proof;
  return (
    <section class="proof">
      <h2>{w.title}</h2>
      <p>{w.plain}</p>
      <details>
        <summary>{w.policy}</summary>
        <Policy />
      </details>
      <SelfTest />
    </section>
  );
}

function Policy(): JSX.Element {
  const directives = block("policy")
    .split(";")
    .map((part) => part.trim())
    .filter(Boolean);
  return (
    <ul class="policy">
      {directives.map((directive) => {
        const [name, ...values] = directive.split(/\s+/);
        return (
          <li key={directive}>
            <code>
              <b>{name}</b> {values.join(" ")}
            </code>
          </li>
        );
      })}
    </ul>
  );
}

function SelfTest(): JSX.Element {
  const w = words.value.proof;
  const [attempts, setAttempts] = useState<readonly Attempt[]>([]);
  const [running, setRunning] = useState(false);
  const run = async () => {
    setAttempts([]);
    setRunning(true);
    await selfTest((attempt) => setAttempts((before) => [...before, attempt]));
    setRunning(false);
  };
  const label = running ? w.running : attempts.length > 0 ? w.again : w.run;
  return (
    <>
      <button type="button" data-action="selftest" disabled={running} onClick={() => void run()}>
        {label}
      </button>
      <p class="hint">{w.explain}</p>
      {attempts.length > 0 && <Attempts attempts={attempts} />}
      <div role="status" data-selftest={running ? "running" : attempts.length > 0 ? "ended" : "none"}>
        {!running && attempts.length > 0 && <Outcome attempts={attempts} />}
      </div>
    </>
  );
}

function Attempts({ attempts }: { attempts: readonly Attempt[] }): JSX.Element {
  const w = words.value.proof;
  return (
    <table class="attempts">
      <thead>
        <tr>
          <th scope="col">{w.way}</th>
          <th scope="col">{w.outcome}</th>
        </tr>
      </thead>
      <tbody>
        {attempts.map(({ way, verdict, detail }) => (
          <tr key={way} data-verdict={verdict}>
            <th scope="row">{way}</th>
            <td>
              {w[verdict]} <code>{detail}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Outcome({ attempts }: { attempts: readonly Attempt[] }): JSX.Element {
  const w = words.value.proof;
  const count = (verdict: Attempt["verdict"]) =>
    attempts.filter((attempt) => attempt.verdict === verdict).length;
  if (count("through") > 0) return <p class="panel alarm">{w.alarm}</p>;
  const held = count("stopped") + count("absent");
  return (
    <>
      <p>{w.summary(held, attempts.length)}</p>
      {count("unproven") > 0 && <p class="panel alarm">{w.doubt}</p>}
    </>
  );
}
