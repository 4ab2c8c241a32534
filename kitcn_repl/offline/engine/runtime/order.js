// Convex order of decoded values (9.6): undefined < null < int64 < float64 < boolean < string < bytes < array < object.
import { ArrayBuffer, DataView, is, isArray, keys, Uint8Array } from "./primordials.js";

function rank(value) {
  switch (typeof value) {
    case "undefined":
      return 0;
    case "bigint":
      return 2;
    case "number":
      return 3;
    case "boolean":
      return 4;
    case "string":
      return 5;
  }
  if (value === null) return 1;
  if (value instanceof ArrayBuffer) return 6;
  return isArray(value) ? 7 : 8;
}

export const TYPE_NAMES = ["Undefined", "Null", "Int64", "Float64", "Boolean", "String", "Bytes", "Array", "Object"];
export const typeName = (value) => TYPE_NAMES[rank(value)];

export function compare(a, b) {
  if (a === b && a !== 0) return 0;
  const kind = rank(a);
  const other = rank(b);
  if (kind !== other) return kind < other ? -1 : 1;
  switch (kind) {
    case 3:
      return compareFloats(a, b);
    case 2:
    case 4:
      return a < b ? -1 : a > b ? 1 : 0;
    case 5:
      return compareStrings(a, b);
    case 6:
      return compareSequences(new Uint8Array(a), new Uint8Array(b), (x, y) => x - y);
    case 7:
      return compareSequences(a, b, compare);
    case 8:
      return compareSequences(fieldsOf(a), fieldsOf(b), (x, y) => compareStrings(x[0], y[0]) || compare(x[1], y[1]));
  }
  return 0;
}

const scratch = new DataView(new ArrayBuffer(8));

function isNegative(number) {
  scratch.setFloat64(0, number);
  return scratch.getUint8(0) > 127;
}

// IEEE total order, as far as JavaScript can tell one NaN from another.
function compareFloats(a, b) {
  if (a < b) return -1;
  if (a > b) return 1;
  if (is(a, b)) return a === a || isNegative(a) === isNegative(b) ? 0 : isNegative(a) ? -1 : 1;
  if (a === b) return is(a, -0) ? -1 : 1;
  if (a !== a) return isNegative(a) ? -1 : 1;
  return isNegative(b) ? 1 : -1;
}

// UTF-8 order: like UTF-16 order, but with surrogates above all else.
function compareStrings(a, b) {
  const length = a.length < b.length ? a.length : b.length;
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return (x >= 0xd800 && y >= 0xd800 ? rotate(x) - rotate(y) : x - y) < 0 ? -1 : 1;
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}

const rotate = (unit) => (unit >= 0xe000 ? unit - 0x800 : unit + 0x2000);

function fieldsOf(value) {
  const names = keys(value);
  const fields = [];
  for (let i = 0; i < names.length; i++) if (value[names[i]] !== undefined) fields.push([names[i], value[names[i]]]);
  return fields.sort((x, y) => compareStrings(x[0], y[0]));
}

function compareSequences(a, b, compareItems) {
  const length = a.length < b.length ? a.length : b.length;
  for (let i = 0; i < length; i++) {
    const result = compareItems(a[i], b[i]);
    if (result !== 0) return result < 0 ? -1 : 1;
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}
