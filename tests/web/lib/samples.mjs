// Logs that the tests make: small, with known contents, and every kind of broken input.

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { zip } from "./zip.mjs";

const AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/** One line in Apache's combined format; `second` counts from the start of the day. */
export function line(second, request, { address = "192.0.2.10", status = 200, size = 5120, referer = "-", agent = AGENT } = {}) {
  const part = (number) => String(number).padStart(2, "0");
  const time = `${part(Math.floor(second / 3600) % 24)}:${part(Math.floor(second / 60) % 60)}:${part(second % 60)}`;
  return `${address} - - [06/May/2021:${time} +0900] "${request}" ${status} ${size} "${referer}" "${agent}"\n`;
}

/** Visitors who do nothing but read pages; the same seed gives the same bytes. */
export function ordinary(lines, seed = "ordinary") {
  let text = "";
  for (let at = 0; at < lines; at++) {
    const random = createHash("sha256").update(`${seed}:${at}`).digest();
    const address = `198.51.100.${1 + (random[0] % 60)}`;
    const page = ["/", "/about", "/news", "/products", "/contact"][random[1] % 5];
    text += line(Math.floor((at * 80_000) / lines), `GET ${page}?item=${random[2]} HTTP/1.1`, { address, size: 2000 + random[3] * 16 });
  }
  return text;
}

const ATTACKS = [
  "GET /item.php?id=1%27%20UNION%20SELECT%20username,password%20FROM%20users--%20- HTTP/1.1",
  "GET /item.php?id=1%27%20AND%20SLEEP(5)--%20- HTTP/1.1",
  "GET /search?q=%3Cscript%3Ealert(document.cookie)%3C/script%3E HTTP/1.1",
  "GET /download?file=../../../../etc/passwd HTTP/1.1",
  "GET /cgi-bin/test?x=;cat%20/etc/passwd HTTP/1.1",
];

/** Ordinary traffic with one visitor who attacks; lines to be found are among them. */
export function attacked(lines = 400) {
  const attacks = Array.from({ length: 40 }, (_, at) =>
    line(30_000 + at * 2, ATTACKS[at % ATTACKS.length], { address: "203.0.113.77", size: 400 + at }),
  );
  const before = ordinary(lines / 2, "before");
  return before + attacks.join("") + ordinary(lines / 2, "after");
}

/** A log of a program of one's own, in a form that no format fits. */
export function own(lines = 12) {
  const record = (n) => `rec ${n} sato@192.0.2.${n + 1} on 06.05.21/10h${10 + n} export plan${n}.pdf ${n % 4 ? "OK" : "NG"}\n`;
  return Array.from({ length: lines }, (_, n) => record(n)).join("");
}

/** The pattern of its records. */
export const OWN_PATTERN =
  "rec <_:int> <user.name>@<source.address:ip> on <@timestamp:%d.%m.%y/%Hh%M> <event.action:word> <file.path:word> <result:word>";

/** An attack whose referrer is 検索 in Shift_JIS, among ordinary lines with the same. */
export function shiftJis() {
  const referer = "http://www.example.jp/\x8c\x9f\x8d\xf5";
  const lines = Array.from({ length: 40 }, (_, n) => line(n, "GET / HTTP/1.1", { referer }));
  const attacks = ATTACKS.map((request, n) => line(100 + n, request, { referer, address: "203.0.113.77" }));
  return Buffer.from([...lines, ...attacks].join(""), "latin1");
}

/** Writes the samples into a folder and gives their paths by name. */
export function writeSamples(folder) {
  const whole = gzipSync(Buffer.from(attacked()));
  const samples = {
    "attacked.log": attacked(),
    "ordinary.log": ordinary(300),
    "members.log.gz": Buffer.concat([gzipSync(ordinary(100, "first")), gzipSync(attacked(100))]),
    "truncated.log.gz": whole.subarray(0, Math.floor(whole.length / 2)),
    "garbage.bin": createHash("sha512").update("garbage").digest().toString("binary").repeat(200),
    "empty.log": "",
    "long-line.log": `${line(0, `GET /${"a".repeat(10 << 20)} HTTP/1.1`)}${line(1, "GET / HTTP/1.1")}`,
    "no-newline.log": line(5, "GET / HTTP/1.1").trimEnd(),
    "own.log": own(),
    "shift_jis.log": shiftJis(),
    "packed.zip": zip({ "web/access.log": attacked(), "web/old.log": ordinary(30), "sjis.log": shiftJis(), "own.log": own() }),
    "locked.zip": zip({ "web/access.log": attacked() }, "seki-sho"),
    "many.zip": zip(Object.fromEntries(Array.from({ length: 800 }, (_, n) => [`host${n}/access.log`, ordinary(2, `${n}`)]))),
    "site/first.log": ordinary(50, "site-1"),
    "site/inner/second.log": attacked(60),
  };
  const paths = {};
  for (const [name, content] of Object.entries(samples)) {
    paths[name] = join(folder, name);
    mkdirSync(join(paths[name], ".."), { recursive: true });
    writeFileSync(paths[name], content, typeof content === "string" && name.endsWith(".bin") ? "binary" : undefined);
  }
  return paths;
}
