// The engine as wasm-bindgen's no-modules glue offers it to the worker's script.

import type { Card, ContextLine, FormatCard, Plan, Settings, Survey } from "./protocol";

declare global {
  namespace wasm_bindgen {
    function initSync(options: { module: WebAssembly.Module }): void;
    function check_settings(settings: Settings): void;
    function survey(name: string, size: number, file: Blob, settings: Settings): Survey;
    function plan(settings: Settings, surveys: Survey[], cut_bytes?: number, cut_seed?: number): Plan;
    function context(
      plan: Plan,
      stream: number,
      file: Blob,
      offset: number,
      length: number,
      before: number,
      after: number,
    ): ContextLine[];
    function export_html(report_json: string, language: "en" | "ja"): string;
    function export_csv(report_json: string, language: "en" | "ja"): string;
    function detections(): Card[];
    function formats(): FormatCard[];

    class Scanner {
      constructor(plan: Plan);
      run(job_id: number, file: Blob, progress: (bytes: number) => void): void;
      take(): Uint8Array<ArrayBuffer>;
      free(): void;
    }

    class Concluder {
      constructor(plan: Plan);
      add(partial: Uint8Array): void;
      lost(job_id: number, message: string): void;
      conclude(files: Blob[]): string;
      rows(finding_id: string, files: Blob[], limit: number, progress: (bytes: number) => void): string;
      free(): void;
    }
  }
}
