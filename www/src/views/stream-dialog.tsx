// Sets zone and encoding of one file out of the report, and checks again.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Checked } from "../engine/check";
import { words } from "../i18n";
import { visible } from "../lib/visible";
import { startAgain } from "../state/app";
import { setStream, streamSettings } from "../state/settings";
import { wrongZone } from "../state/validate";
import { Dialog } from "./dialog";
import { StreamFields, ZoneList } from "./stream-fields";

interface Props {
  /** As the settings name it. */
  readonly name: string;
  readonly checked: Checked;
  readonly onClose: () => void;
}

export function StreamDialog({ name, checked, onClose }: Props): JSX.Element {
  const w = words.value.stream;
  const [value, setValue] = useState(streamSettings.value.get(name) ?? { zone: "", encoding: "" });
  const [error, setError] = useState("");
  const use = async () => {
    const wrong = await wrongZone(value.zone);
    setError(wrong ?? "");
    if (wrong !== undefined) return;
    setStream(name, value);
    onClose();
    startAgain(checked);
  };
  return (
    <Dialog title={w.title} onClose={onClose}>
      <ZoneList />
      <p class="file-name">{visible(name)}</p>
      <StreamFields value={value} error={error} hint={w.zoneHint} set={setValue} />
      <button type="button" class="main" data-action="use-stream" onClick={() => void use()}>
        {w.again}
      </button>
    </Dialog>
  );
}
