// The data check: what of the data asks for an answer before the report is read. Where nothing does,
// the report shows at once.

import type { Checked } from "../engine/check";
import type { Settings } from "../engine/protocol";
import type { SourceReport, StreamReport } from "../wire/report";
import { settingsName } from "./streams";

/** What asks for an answer: of a file, or of one log inside it. */
export interface OpenPoint {
  readonly kind: "zone" | "format" | "password" | "unreadable";
  readonly source: SourceReport;
  readonly stream: StreamReport | undefined;
}

/** Problems that keep all or a part of a file from being read. */
const UNREADABLE = /^(unreadable|corrupt|truncated)$/;

/** Whether somebody has to be asked: passwords were asked for already, and what is broken stays so. */
export const mustAsk = (checked: Checked, settings: Settings): boolean =>
  openPoints(checked, settings).some(({ kind }) => kind === "zone" || kind === "format");

/** What is open, in the order of the files. */
export function openPoints({ report }: Checked, settings: Settings): OpenPoint[] {
  return report.sources.flatMap((source) => [...ofSource(source), ...ofStreams(source, settings)]);
}

function ofSource(source: SourceReport): OpenPoint[] {
  const about = (kind: OpenPoint["kind"]) => ({ kind, source, stream: undefined });
  const has = (kind: RegExp) => source.problems.some((problem) => kind.test(problem.kind));
  return [
    ...(has(/^password_/) ? [about("password")] : []),
    ...(has(UNREADABLE) ? [about("unreadable")] : []),
  ];
}

function ofStreams(source: SourceReport, { zone, zones }: Settings): OpenPoint[] {
  const isZoneSet = (stream: StreamReport) =>
    zone !== undefined || zones?.[settingsName(source.name, stream.path_inside)] !== undefined;
  return source.streams.flatMap((stream) => [
    ...((stream.unzoned ?? 0) > 0 && !isZoneSet(stream) ? [{ kind: "zone" as const, source, stream }] : []),
    ...(stream.format === null && stream.records > 0 ? [{ kind: "format" as const, source, stream }] : []),
  ]);
}
