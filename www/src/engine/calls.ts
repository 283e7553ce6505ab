// What a worker does for each call: passes it to the engine. It holds one engine instance, the plan
// of the current check, and, in the worker that concluded, the report.

import { parcel } from "../lib/parcel";
import type { Answered, Asked, CallName, Plan } from "./protocol";

type Handlers = { [K in CallName]: (ask: Asked<K>, progress: (bytes: number) => void) => Answered<K> };

let plan: Plan;
let scanner: wasm_bindgen.Scanner | undefined;
let concluder: wasm_bindgen.Concluder | undefined;
let report = "";

export const handlers: Handlers = {
  init({ module }) {
    wasm_bindgen.initSync({ module });
    return { formats: wasm_bindgen.formats(), detections: wasm_bindgen.detections() };
  },
  checkSettings: ({ settings }) => wasm_bindgen.check_settings(settings),
  survey: ({ name, file, settings }) => wasm_bindgen.survey(name, file.size, file, settings),
  plan: ({ settings, surveys, cutBytes, cutSeed }) => wasm_bindgen.plan(settings, surveys, cutBytes, cutSeed),
  begin(ask) {
    plan = ask.plan;
    scanner?.free();
    concluder?.free();
    concluder = undefined;
    scanner = new wasm_bindgen.Scanner(plan);
  },
  run: ({ job, file }, progress) => scanner?.run(job, file, progress),
  take: () => scanner?.take() ?? new Uint8Array(),
  conclude({ partials, lost, files }) {
    concluder = new wasm_bindgen.Concluder(plan);
    for (const partial of partials) concluder.add(partial);
    for (const { job, message } of lost) concluder.lost(job, message);
    report = concluder.conclude(files);
    return parcel(report);
  },
  rows: ({ finding, files, limit }, progress) =>
    JSON.parse(concluder?.rows(finding, files, limit, progress) ?? "[]"),
  context: ({ plan, stream, file, offset, length, lines }) =>
    wasm_bindgen.context(plan, stream, file, offset, length, lines, lines),
  exportAs: ({ form, language }) =>
    form === "html" ? wasm_bindgen.export_html(report, language) : wasm_bindgen.export_csv(report, language),
};
