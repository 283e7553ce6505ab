// The first script of the frame: closes the box around it, then unpacks the application and runs it.

import "./box";
import { unpackedText } from "./lib/packed";

const FAILED = [
  "Sekisho could not be unpacked. Open it in a current version of Chromium, Chrome, Edge or Firefox; if that does not help, get the file again.",
  "関所を展開できませんでした。最新の Chromium、Chrome、Edge、Firefox で開いてください。それでも開けない場合は、ファイルを入手し直してください。",
];

async function open(): Promise<void> {
  const source = await unpackedText("application");
  const application = document.getElementById("application") as HTMLScriptElement;
  // A block that is inert becomes a script by its type, and runs when it is given a text: where the
  // policy knows the text, and not otherwise.
  application.type = "text/javascript";
  application.textContent = source;
}

open().catch((error: unknown) => {
  document.body.textContent = `${FAILED.join(" ")} (${String(error)})`;
});
