// Convex values in JavaScript and as encoded JSON, with the texts that Convex gives for what is no value.
import { base64Decode, base64Encode, utf8Length } from "./encoding.js";
import {
  ArrayBuffer,
  DataView,
  defineProperty,
  Error,
  getPrototypeOf,
  is,
  isArray,
  keys,
  Map,
  Set,
  String,
  stringify,
  Uint8Array,
} from "./primordials.js";

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const LONGEST_IN_ERROR = 16384;
const LARGEST_PIECE = 262144;

const isSpecial = (number) => number !== number || number === Infinity || number === -Infinity || is(number, -0);

function bits(write) {
  const bytes = new Uint8Array(8);
  write(new DataView(bytes.buffer));
  return base64Encode(bytes);
}

const integerText = (value) => bits((view) => view.setBigInt64(0, value, true));
const floatText = (value) => bits((view) => view.setFloat64(0, value, true));

export function setField(target, key, value) {
  if (key === "__proto__") defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  else target[key] = value;
}

// Decodes parsed JSON in place, which is ours alone: containers are kept, special forms replaced.
export function decode(value) {
  if (typeof value !== "object" || value === null) return value;
  if (isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item = value[i];
      if (typeof item === "object" && item !== null) value[i] = decode(item);
    }
    return value;
  }
  const names = keys(value);
  if (names.length === 1 && names[0][0] === "$") return decodeSpecial(names[0], value[names[0]]);
  for (const name of names) {
    const item = value[name];
    if (typeof item === "object" && item !== null) setField(value, name, decode(item));
  }
  return value;
}

function decodeSpecial(key, inner) {
  if (key === "$undefined") return undefined;
  const bytes = typeof inner === "string" ? base64Decode(inner) : null;
  if (bytes !== null) {
    if (key === "$bytes") return bytes.buffer;
    if (bytes.length === 8) {
      const view = new DataView(bytes.buffer);
      if (key === "$integer") return view.getBigInt64(0, true);
      if (key === "$float") return view.getFloat64(0, true);
    }
  }
  throw new Error(`Malformed ${key} in a Convex value`);
}

export function stringifyForError(value) {
  const text = String(
    stringify(value, (_key, item) => {
      if (item === undefined) return "undefined";
      if (typeof item === "function") return "[Function]";
      if (typeof item === "symbol") return String(item);
      if (typeof item === "bigint") return `${item}n`;
      return item;
    }),
  );
  if (text.length <= LONGEST_IN_ERROR) return text;
  const rest = "[...truncated]";
  return text.slice(0, LONGEST_IN_ERROR - rest.length).toWellFormed() + rest;
}

function unsupported(path, typeName, value, whole) {
  const text = `${typeName}${stringifyForError(value)} is not a supported Convex type`;
  if (path === "") return new Error(`${text}.`);
  return new Error(
    `${text} (present at path ${path} in original object ${stringifyForError(whole)}). ` +
      "To learn about Convex's supported types, see https://docs.convex.dev/using/types.",
  );
}

export function isSimpleObject(value) {
  if (typeof value !== "object" || value === null) return false;
  const prototype = getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || prototype?.constructor?.name === "Object";
}

function checkFieldName(name) {
  if (name.length > 1024) throw new Error(`Field name ${name} exceeds maximum field name length 1024.`);
  if (name[0] === "$") throw new Error(`Field name ${name} starts with a '$', which is reserved.`);
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code < 32 || code >= 127) {
      throw new Error(
        `Field name ${name} has invalid character '${
          name[i]
        }': Field names can only contain non-control ASCII characters`,
      );
    }
  }
}

// Cuts a text, but no surrogate pair.
function* pieces(text) {
  for (let start = 0; start < text.length;) {
    let end = start + LARGEST_PIECE;
    const last = text.charCodeAt(end - 1);
    if (last >= 0xd800 && last <= 0xdbff) end--;
    yield text.slice(start, end);
    start = end;
  }
}

// Every key is checked once; documents of a table share theirs.
const checkedNames = new Set();
const rememberName = checkedNames.add.bind(checkedNames);
const isChecked = checkedNames.has.bind(checkedNames);

// Writes a value as encoded JSON text in pieces, and adds up its size (9.7), so that no second copy of it is built.
export class Writer {
  size = 0;
  depth = 0;
  problem = null; // what the server, not the client, has against the value
  #pieces = [];
  #length = 0;
  #flush;
  #limit;

  constructor(flush = null, limit = Infinity) {
    this.#flush = flush;
    this.#limit = limit;
  }

  text() {
    return this.#pieces.join("");
  }

  end() {
    if (this.#length > 0) this.#flush(this.#pieces.join(""));
  }

  #put(piece) {
    if (this.size > this.#limit) return; // the size still has to be told
    this.#pieces[this.#pieces.length] = piece;
    this.#length += piece.length;
    if (this.#flush !== null && this.#length > 65536) {
      const text = this.#pieces.join("");
      this.#pieces = [];
      this.#length = 0;
      for (const piece of pieces(text)) this.#flush(piece);
    }
  }

  value(value, whole = value, path = "") {
    switch (typeof value) {
      case "string":
        return this.#string(value);
      case "number":
        this.size += 9;
        return this.#put(isSpecial(value) ? `{"$float":"${floatText(value)}"}` : `${value}`);
      case "boolean":
        this.size += 1;
        return this.#put(value ? "true" : "false");
      case "bigint":
        if (value < MIN_INT64 || value > MAX_INT64) {
          throw new Error(`BigInt ${value} does not fit into a 64-bit signed integer.`);
        }
        this.size += 9;
        return this.#put(`{"$integer":"${integerText(value)}"}`);
      case "undefined":
        throw new Error(
          `undefined is not a valid Convex value${
            path && ` (present at path ${path} in original object ${stringifyForError(whole)})`
          }. ` +
            "To learn about Convex's supported types, see https://docs.convex.dev/using/types.",
        );
    }
    if (value === null) {
      this.size += 1;
      return this.#put("null");
    }
    if (value instanceof ArrayBuffer) {
      this.size += value.byteLength + 2;
      return this.#put(`{"$bytes":"${base64Encode(new Uint8Array(value))}"}`);
    }
    if (isArray(value)) return this.#array(value, whole, path);
    if (value instanceof Set) throw unsupported(path, "Set", [...value], whole);
    if (value instanceof Map) throw unsupported(path, "Map", [...value], whole);
    if (!isSimpleObject(value)) {
      const name = value?.constructor?.name;
      throw unsupported(path, name ? `${name} ` : "", value, whole);
    }
    return this.#object(value, whole, path);
  }

  #string(text) {
    this.size += utf8Length(text) + 2;
    if (text.length <= LARGEST_PIECE) return this.#put(stringify(text));
    this.#put('"');
    for (const piece of pieces(text)) this.#put(stringify(piece).slice(1, -1));
    this.#put('"');
  }

  #array(value, whole, path) {
    this.size += 2;
    if (value.length > 8192) this.problem ??= `Array length is too long (${value.length} > maximum length 8192)`;
    this.#enter();
    this.#put("[");
    for (let i = 0; i < value.length; i++) {
      if (i > 0) this.#put(",");
      this.value(value[i], whole, `${path}[${i}]`);
    }
    this.#put("]");
    this.depth--;
  }

  #object(value, whole, path) {
    this.size += 2;
    const names = keys(value).sort();
    if (names.length > 1024) this.problem ??= `Object has too many fields (${names.length} > maximum number 1024)`;
    this.#enter();
    let separator = "{";
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      const item = value[name];
      if (item === undefined) continue;
      if (!isChecked(name)) {
        checkFieldName(name);
        rememberName(name);
      }
      this.size += name.length + 1;
      this.#put(`${separator}${stringify(name)}:`);
      separator = ",";
      this.value(item, whole, `${path}.${name}`);
    }
    this.#put(separator === "{" ? "{}" : "}");
    this.depth--;
  }

  #enter() {
    if (++this.depth === 65) this.problem ??= "Value is too nested (maximum nesting 64)";
  }
}

// Encoded JSON text of a value. Errors are the client library's own.
export function encode(value) {
  const writer = new Writer();
  writer.value(value);
  return writer.text();
}

// The same for places where undefined stands for a missing field.
export const encodeOrUndefined = (value) => (value === undefined ? '{"$undefined":null}' : encode(value));

// Size of a decoded value (9.7). `ascii` promises that no string in it needs more than a byte per character.
export function sizeOf(value, ascii) {
  switch (typeof value) {
    case "string":
      return (ascii ? value.length : utf8Length(value)) + 2;
    case "number":
    case "bigint":
      return 9;
    case "boolean":
      return 1;
  }
  if (value === null) return 1;
  if (value instanceof ArrayBuffer) return value.byteLength + 2;
  let size = 2;
  if (isArray(value)) { for (let i = 0; i < value.length; i++) size += sizeOf(value[i], ascii); }
  else for (const name in value) size += name.length + 1 + sizeOf(value[name], ascii);
  return size;
}
