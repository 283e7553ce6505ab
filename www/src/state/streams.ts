// Names for the report's streams, looked up once per report.

import type { Report } from "../wire/report";

const NAMES = new WeakMap<Report, ReadonlyMap<number, string>>();

/** The name of a stream: its file, and the path inside an archive. */
export function streamName(report: Report, stream: number): string {
  let names = NAMES.get(report);
  if (!names) {
    names = new Map(
      report.sources.flatMap((source) =>
        source.streams.map(({ id, path_inside }) => [
          id,
          path_inside ? `${source.name} › ${path_inside}` : source.name,
        ]),
      ),
    );
    NAMES.set(report, names);
  }
  return names.get(stream) ?? `#${stream}`;
}

/** How the settings name a stream. */
export const settingsName = (source: string, pathInside: string | null | undefined): string =>
  pathInside ? `${source}/${pathInside}` : source;
