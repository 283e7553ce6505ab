// A static host on 127.0.0.1 that serves dist/site with its headers, and pages of a test's own.

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { SITE } from "./places.mjs";

/** The headers that `_headers` gives for every path. */
export function siteHeaders() {
  const lines = readFileSync(join(SITE, "_headers"), "utf8").split("\n");
  const given = lines.filter((line) => line.startsWith("  "));
  return Object.fromEntries(given.map((line) => line.trim().split(/: (.*)/s).slice(0, 2)));
}

/** Serves the site under `/` and `pages[path]` under their paths; `asked` lists what was asked for. */
export async function host(pages = {}) {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.setHeader("content-type", "text/html; charset=utf-8");
    if (request.url === "/") {
      for (const [name, value] of Object.entries(siteHeaders())) response.setHeader(name, value);
      response.end(readFileSync(join(SITE, "index.html")));
    } else if (pages[request.url]) {
      response.end(pages[request.url]);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  /** Serves a file as well, and gives its address. */
  const serve = (path) => {
    const place = `/${Object.keys(pages).length}/${encodeURIComponent(basename(path))}`;
    pages[place] = readFileSync(path);
    return new URL(place, url).href;
  };
  return { url, asked, serve, close: () => (server.closeAllConnections(), server.close()) };
}
