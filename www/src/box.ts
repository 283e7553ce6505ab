// Runs before anything else in the frame: removes the ways out that a content-security policy does
// not govern. A blank frame, which would bring them back, cannot be reached from the sandbox.

const WAYS_OUT = [
  "RTCPeerConnection",
  "webkitRTCPeerConnection",
  "mozRTCPeerConnection",
  "RTCDataChannel",
  "RTCIceTransport",
  "RTCSctpTransport",
  "WebTransport",
  "WebSocketStream",
  "PresentationRequest",
  "TCPSocket",
  "UDPSocket",
] as const;

for (const name of WAYS_OUT) Reflect.deleteProperty(globalThis, name);
