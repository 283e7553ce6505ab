// Writes small zip archives, also encrypted in the traditional way of PKWARE's APPNOTE 6.1.

import { deflateRawSync } from "node:zlib";

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
const step = (crc, byte) => (TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8)) >>> 0;
const crc32 = (bytes) => ~bytes.reduce(step, 0xffffffff) >>> 0;

/** The stream cipher: three keys that the password and every byte of the text move on. */
class Cipher {
  #keys = [0x12345678, 0x23456789, 0x34567890];

  constructor(password) {
    for (const byte of Buffer.from(password)) this.#move(byte);
  }

  #move(byte) {
    const keys = this.#keys;
    keys[0] = step(keys[0], byte);
    keys[1] = (Math.imul(keys[1] + (keys[0] & 0xff), 134775813) + 1) >>> 0;
    keys[2] = step(keys[2], keys[1] >>> 24);
  }

  encrypt(text) {
    return Buffer.from(text).map((byte) => {
      const word = (this.#keys[2] | 2) & 0xffff;
      this.#move(byte);
      return byte ^ ((word * (word ^ 1)) >>> 8);
    });
  }
}

const ENCRYPTED = 1;
const UTF8 = 1 << 11;
const DEFLATED = 8;
// 6 May 2021, 01:02:04.
const TIME = [(1 << 11) | (2 << 5) | 2, ((2021 - 1980) << 9) | (5 << 5) | 6];

function entry(name, content, password, offset) {
  const text = Buffer.from(content);
  const crc = crc32(text);
  let data = deflateRawSync(text);
  if (password !== undefined) {
    // Twelve bytes go before; the last of them tells a wrong password.
    const salt = Buffer.alloc(12, 7);
    salt[11] = crc >>> 24;
    data = new Cipher(password).encrypt(Buffer.concat([salt, data]));
  }
  const bytes = Buffer.from(name);
  const flags = UTF8 | (password === undefined ? 0 : ENCRYPTED);
  const shared = Buffer.alloc(26);
  [20, flags, DEFLATED, ...TIME].forEach((value, at) => shared.writeUInt16LE(value, at * 2));
  [crc, data.length, text.length].forEach((value, at) => shared.writeUInt32LE(value, 10 + at * 4));
  shared.writeUInt16LE(bytes.length, 22);
  const central = Buffer.alloc(14);
  central.writeUInt32LE(offset, 10);
  return {
    local: Buffer.concat([Buffer.from("PK\x03\x04"), shared, bytes, data]),
    directory: Buffer.concat([Buffer.from("PK\x01\x02\x14\0"), shared, central, bytes]),
  };
}

/** A zip archive of files by their names; encrypted where a password is given. */
export function zip(files, password) {
  const locals = [];
  const directory = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const made = entry(name, content, password, offset);
    locals.push(made.local);
    directory.push(made.directory);
    offset += made.local.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}
