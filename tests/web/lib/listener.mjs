// An observer outside the browser: an HTTP server and a UDP socket on loopback that note all that
// reaches them. It answers every request in a way that lets the attempt go on.

import { createSocket } from "node:dgram";
import { createServer } from "node:http";

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "*",
  "access-control-allow-private-network": "true",
  "timing-allow-origin": "*",
};

export async function listen() {
  const requests = [];
  const packets = [];
  const sockets = new Map();
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(200, { ...CORS, "content-type": contentType(request.url) });
    response.end(contentType(request.url) === "text/event-stream" ? "data: x\n\n" : "");
  });
  server.on("upgrade", (request, socket) => {
    requests.push(`UPGRADE ${request.url}`);
    socket.destroy();
  });
  server.on("connection", (socket) => sockets.set(socket, Date.now()));
  const udp = createSocket("udp4", (message) => packets.push(message.length));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  await new Promise((resolve) => udp.bind(0, "127.0.0.1", resolve));
  return {
    base: `http://127.0.0.1:${server.address().port}`,
    port: server.address().port,
    udpPort: udp.address().port,
    requests,
    packets,
    /** When each connection was made. */
    connections: () => [...sockets.values()],
    /** Bytes of all connections, whether or not they made a request. */
    bytes: () => [...sockets.keys()].reduce((sum, socket) => sum + socket.bytesRead, 0),
    close: () => (server.closeAllConnections(), server.close(), udp.close()),
  };
}

function contentType(url) {
  if (/event-?source/i.test(url)) return "text/event-stream";
  if (/script|import|worker|worklet|module/i.test(url)) return "text/javascript";
  if (/style/i.test(url)) return "text/css";
  return "text/html";
}
