// Argument checks with the texts of Convex's client library.
import { Error, TypeError } from "./primordials.js";

export function mustProvide(value, position, method, name) {
  if (value === undefined) throw new TypeError(`Must provide arg ${position} \`${name}\` to \`${method}\``);
}

export function mustBeCount(value, position, method, name) {
  if (!Number.isInteger(value) || value < 0) {
    throw new TypeError(`Arg ${position} \`${name}\` to \`${method}\` must be a non-negative integer`);
  }
}

export function mustBeText(value, name, method) {
  if (typeof value !== "string") {
    throw new Error(`Invalid argument \`${name}\` for \`${method}\`, expected string but got '${typeof value}'`);
  }
}
