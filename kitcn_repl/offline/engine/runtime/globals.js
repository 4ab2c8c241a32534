// The global object as queries see it: fixed time, seeded randomness, no door to anything outside.
import { base64Decode, base64Encode, decodeUtf8, encodeUtf8 } from "./encoding.js";
import {
  apply,
  defineProperty,
  entries,
  Error,
  getOwnPropertyDescriptor,
  getOwnPropertyNames,
  TypeError,
} from "./primordials.js";
import { URL, URLSearchParams } from "./url.js";

const KEPT = new Set(
  ("Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp " +
    "Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError globalThis JSON Math Intl " +
    "ArrayBuffer Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array BigUint64Array BigInt64Array " +
    "Uint8ClampedArray Float16Array Float32Array Float64Array DataView Map BigInt Set Iterator WeakMap WeakSet Proxy " +
    "Reflect FinalizationRegistry WeakRef decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval " +
    "isFinite isNaN SuppressedError DisposableStack AsyncDisposableStack").split(" "),
);

function unavailable(thing) {
  return function () {
    throw new Error(
      `Can't use ${thing} in queries and mutations. Please consider using an action. ` +
        "See https://docs.convex.dev/functions/actions for more details.",
    );
  };
}

function provide(target, values) {
  for (const [name, value] of entries(values)) {
    defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
  }
}

export function setUp({ now, seed, environment, console }) {
  for (const name of getOwnPropertyNames(globalThis)) if (!KEPT.has(name)) delete globalThis[name];
  fixTime(now);
  provide(Math, { random: randomness(seed) });
  provide(globalThis, {
    setTimeout: unavailable("setTimeout"),
    setInterval: unavailable("setInterval"),
    clearTimeout() {},
    clearInterval() {},
    fetch: unavailable("fetch()"),
    crypto: {
      getRandomValues: unavailable("crypto.getRandomValues"),
      randomUUID: unavailable("crypto.randomUUID()"),
      subtle: cryptoStub(),
    },
    console,
    process: { env: { ...environment } },
    performance: { now: () => 0, timeOrigin: now },
    queueMicrotask,
    structuredClone,
    atob,
    btoa,
    TextEncoder,
    TextDecoder,
    URL,
    URLSearchParams,
    Convex: {
      syscall: (op) => {
        throw new Error(`Unknown operation ${op}`);
      },
      asyncSyscall: async (op) => {
        throw new Error(`Unknown async operation ${op}`);
      },
      jsSyscall: (op) => {
        throw new Error(`Unknown operation ${op}`);
      },
    },
  });
}

function cryptoStub() {
  const names = "decrypt deriveBits deriveKey digest encrypt exportKey generateKey importKey sign verify".split(" ");
  return Object.fromEntries(names.map((name) => [name, unavailable(`crypto.subtle.${name}`)]));
}

function fixTime(now) {
  const RealDate = Date;
  const standing = Math.floor(now);
  function FixedDate(...args) {
    if (new.target === undefined) return new RealDate(standing).toString();
    return Reflect.construct(RealDate, args.length === 0 ? [standing] : args, new.target);
  }
  defineProperty(FixedDate, "name", { value: "Date" });
  defineProperty(FixedDate, "length", { value: 7 });
  FixedDate.prototype = RealDate.prototype;
  provide(RealDate.prototype, { constructor: FixedDate });
  provide(FixedDate, { now: () => standing, parse: RealDate.parse, UTC: RealDate.UTC });
  provide(globalThis, { Date: FixedDate });
  // Intl would otherwise read the true clock when it is given no date.
  const formatting = Intl.DateTimeFormat.prototype;
  const { get } = getOwnPropertyDescriptor(formatting, "format");
  const { formatToParts } = formatting;
  defineProperty(formatting, "format", {
    configurable: true,
    get() {
      const bound = apply(get, this, []);
      return (date = standing) => bound(date);
    },
  });
  provide(formatting, {
    formatToParts(date = standing) {
      return apply(formatToParts, this, [date]);
    },
  });
}

// xoshiro128**, seeded by splitmix32.
function randomness(seed) {
  let mix = seed >>> 0;
  const next = () => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix ^ (mix >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let [a, b, c, d] = [next(), next(), next(), next()];
  const imul = Math.imul;
  const word = () => {
    const scaled = imul(b, 5);
    const result = imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  return function random() {
    return ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992;
  };
}

function queueMicrotask(task) {
  if (typeof task !== "function") throw new TypeError("queueMicrotask needs a function");
  Promise.resolve().then(() => task());
}

function structuredClone(value) {
  const seen = new Map();
  const clone = (item) => {
    if (typeof item === "function" || typeof item === "symbol") {
      throw new TypeError(`${String(item)} could not be cloned.`);
    }
    if (typeof item !== "object" || item === null) return item;
    if (seen.has(item)) return seen.get(item);
    const keep = (copy) => (seen.set(item, copy), copy);
    if (Array.isArray(item)) {
      const copy = keep([]);
      copy.length = item.length;
      for (const key of Object.keys(item)) copy[key] = clone(item[key]);
      return copy;
    }
    if (item instanceof Date) return keep(new Date(item.getTime()));
    if (item instanceof RegExp) return keep(new RegExp(item.source, item.flags));
    if (item instanceof ArrayBuffer) return keep(item.slice(0));
    if (ArrayBuffer.isView(item)) {
      const buffer = clone(item.buffer);
      if (item instanceof DataView) return keep(new DataView(buffer, item.byteOffset, item.byteLength));
      return keep(new item.constructor(buffer, item.byteOffset, item.length));
    }
    if (item instanceof Map) {
      const copy = keep(new Map());
      for (const [key, inner] of item) copy.set(clone(key), clone(inner));
      return copy;
    }
    if (item instanceof Set) {
      const copy = keep(new Set());
      for (const inner of item) copy.add(clone(inner));
      return copy;
    }
    if (item instanceof Error) {
      const copy = keep(new Error(item.message));
      copy.name = item.name;
      return copy;
    }
    const copy = keep({});
    for (const key of Object.keys(item)) copy[key] = clone(item[key]);
    return copy;
  };
  return clone(value);
}

function atob(text) {
  const compact = String(text).replace(/[\t\n\f\r ]/g, "");
  const bytes = base64Decode(compact.replace(/=+$/, ""));
  if (bytes === null) throw new Error("The string to be decoded is not correctly encoded.");
  let out = "";
  for (const byte of bytes) out += String.fromCharCode(byte);
  return out;
}

function btoa(text) {
  const data = String(text);
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const code = data.charCodeAt(i);
    if (code > 255) throw new Error("The string contains characters outside of Latin1.");
    bytes[i] = code;
  }
  return base64Encode(bytes);
}

class TextEncoder {
  get encoding() {
    return "utf-8";
  }
  encode(text = "") {
    return encodeUtf8(String(text));
  }
}

class TextDecoder {
  #fatal;
  constructor(label = "utf-8", { fatal = false } = {}) {
    if (!/^utf-?8$/i.test(label)) throw new RangeError(`The encoding label '${label}' is not supported here`);
    this.#fatal = fatal;
  }
  get encoding() {
    return "utf-8";
  }
  decode(input = new Uint8Array()) {
    const view = input instanceof ArrayBuffer
      ? new Uint8Array(input)
      : new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    return decodeUtf8(view, this.#fatal);
  }
}
