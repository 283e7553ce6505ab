// The frame's end of the channel to the outer page.

import { HELLO, IS_ANYBODY_THERE, PORT, type ToFrame, type ToOuter } from "../lib/shell";

let port: MessagePort | undefined;
const unsent: ToOuter[] = [];

/** Tells the outer page; kept until there is a channel. */
export function tellOuter(message: ToOuter): void {
  if (port) port.postMessage(message);
  else unsent.push(message);
}

/** Says hello to the outer page and hears what it says from then on. */
export function joinOuter(hear: (message: ToFrame) => void): void {
  addEventListener("message", ({ source, data, ports }) => {
    if (source !== parent || port) return;
    if (data === IS_ANYBODY_THERE) parent.postMessage(HELLO, "*");
    if (data !== PORT || !ports[0]) return;
    port = ports[0];
    port.onmessage = ({ data }: MessageEvent<ToFrame>) => hear(data);
    for (const message of unsent.splice(0)) port.postMessage(message);
  });
  parent.postMessage(HELLO, "*");
}
