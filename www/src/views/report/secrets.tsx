// What is to be changed: accounts, keys, mail settings and what was handed out, each with the reason.

import type { JSX } from "preact";
import { say, words } from "../../i18n";
import { handing } from "../../i18n/handing";
import { visible } from "../../lib/visible";
import type { Secret } from "../../wire/report";
import { FindingLinks } from "./questions";
import { Table } from "./table";

export function Secrets({ secrets }: { secrets: readonly Secret[] }): JSX.Element {
  const w = handing.value.secrets;
  const { kind, name, todo, because } = w.heads;
  const heads = [kind, name, todo, because, words.value.report.findings];
  return (
    <>
      <p class="intro">{w.intro}</p>
      <Table label={w.title} heads={heads}>
        <tbody>
          {secrets.map((secret, at) => (
            <tr key={at}>
              <td class="short">{w.kind[secret.kind]}</td>
              <th scope="row">
                <bdi class="subject">{visible(say(secret.name))}</bdi>
              </th>
              <td class="prose">{say(secret.todo)}</td>
              <td class="prose">
                {secret.because.map((text, at) => (
                  <p key={at}>{visible(say(text))}</p>
                ))}
              </td>
              <td>
                <FindingLinks ids={secret.findings} most={6} about={say(secret.name)} />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
}
