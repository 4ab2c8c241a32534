// What the runtime uses after the user's code could have changed it.
export const { parse, stringify } = JSON;
export const {
  create,
  defineProperty,
  entries,
  freeze,
  getOwnPropertyDescriptor,
  getOwnPropertyNames,
  getPrototypeOf,
  is,
  keys,
} = Object;
export const { apply, ownKeys } = Reflect;
export const isArray = Array.isArray;
export const ArrayBuffer = globalThis.ArrayBuffer;
export const DataView = globalThis.DataView;
export const Uint8Array = globalThis.Uint8Array;
export const Promise = globalThis.Promise;
export const String = globalThis.String;
export const Symbol = globalThis.Symbol;
export const Error = globalThis.Error;
export const RangeError = globalThis.RangeError;
export const TypeError = globalThis.TypeError;
export const Map = globalThis.Map;
export const Set = globalThis.Set;
export const BigInt = globalThis.BigInt;

// A promise's `then` that the user's own `Promise.prototype.then` does not see.
const then = Promise.prototype.then;
export const whenDone = (promise, fulfilled, rejected) => apply(then, promise, [fulfilled, rejected]);
export const later = (task) => {
  whenDone(Promise.resolve(), task);
};

export const CONVEX_ERROR = Symbol.for("ConvexError");

export class ConvexError extends Error {
  constructor(data) {
    super(
      typeof data === "string"
        ? data
        : stringify(data, (_key, value) => typeof value === "bigint" ? `${value}n` : value),
    );
    this.name = "ConvexError";
    this.data = data;
    this[CONVEX_ERROR] = true;
  }
}
