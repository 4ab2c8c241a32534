// UTF-8 and base64, since the realm has neither TextEncoder nor Buffer.
import { apply, Uint8Array } from "./primordials.js";

const toBase64 = Uint8Array.prototype.toBase64;
const fromBase64 = Uint8Array.fromBase64;
const exec = RegExp.prototype.exec;
const NOT_ASCII = /[^\x00-\x7f]/;
const fromCharCode = String.fromCharCode;

export const base64Encode = (bytes) => apply(toBase64, bytes, []);

// Bytes, or null where the text is no base64.
export function base64Decode(text) {
  try {
    return apply(fromBase64, Uint8Array, [text]);
  } catch {
    return null;
  }
}

// Length in UTF-8 bytes; a lone surrogate counts as the replacement character that it would become.
export function utf8Length(text) {
  let length = text.length;
  const first = apply(exec, NOT_ASCII, [text]);
  if (first === null) return length;
  for (let i = first.index; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) length += 1;
    else if (isPair(text, i, code)) {
      length += 2;
      i++;
    } else length += 2;
  }
  return length;
}

function isPair(text, index, code) {
  if (code < 0xd800 || code > 0xdbff || index + 1 >= text.length) return false;
  const next = text.charCodeAt(index + 1);
  return next >= 0xdc00 && next <= 0xdfff;
}

export function encodeUtf8(text) {
  const bytes = new Uint8Array(utf8Length(text));
  let end = 0;
  for (const char of text) {
    let code = char.codePointAt(0);
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) {
      bytes[end++] = code;
      continue;
    }
    if (code < 0x800) {
      bytes[end++] = 0xc0 | (code >> 6);
    } else {
      if (code < 0x10000) bytes[end++] = 0xe0 | (code >> 12);
      else {
        bytes[end++] = 0xf0 | (code >> 18);
        bytes[end++] = 0x80 | ((code >> 12) & 0x3f);
      }
      bytes[end++] = 0x80 | ((code >> 6) & 0x3f);
    }
    bytes[end++] = 0x80 | (code & 0x3f);
  }
  return bytes;
}

export function decodeUtf8(bytes, fatal) {
  let out = "";
  let i = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (i < bytes.length) {
    const first = bytes[i++];
    if (first < 0x80) {
      out += fromCharCode(first);
      continue;
    }
    const more = first >= 0xf0 && first < 0xf5
      ? 3
      : first >= 0xe0 && first < 0xf0
      ? 2
      : first >= 0xc2 && first < 0xe0
      ? 1
      : 0;
    let code = more === 0 ? -1 : first & (0x3f >> more);
    for (let k = 0; k < more; k++) {
      const next = bytes[i];
      const lowest = k > 0 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
      const highest = k > 0 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
      if (!(next >= lowest && next <= highest)) {
        code = -1;
        break;
      }
      code = (code << 6) | (next & 0x3f);
      i++;
    }
    if (code < 0 && fatal) throw new TypeError("The encoded data was not valid utf-8");
    out += String.fromCodePoint(code < 0 ? 0xfffd : code);
  }
  return out;
}
