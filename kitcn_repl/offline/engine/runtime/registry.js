// Functions made by the wrappers; only these can be run.
import { apply, defineProperty, TypeError } from "./primordials.js";

const handlers = new WeakMap();
const { get: lookUp, set: remember } = WeakMap.prototype;

export function register(definition, visibility, wrapper) {
  const handler = typeof definition === "function" ? definition : definition?.handler;
  if (typeof handler !== "function") {
    throw new TypeError(`${wrapper} needs a function, or an object with a \`handler\``);
  }
  const registered = (ctx, args) => {
    globalThis.console.warn(
      "Convex functions should not directly call other Convex functions. Consider calling a helper function instead. " +
        `e.g. \`export const foo = ${wrapper}(...); await foo(ctx);\` is not supported. ` +
        "See https://docs.convex.dev/production/best-practices/#use-helper-functions-to-write-shared-code",
    );
    return handler(ctx, args);
  };
  const facts = { isQuery: true, [visibility === "public" ? "isPublic" : "isInternal"]: true, _handler: handler };
  for (const [name, value] of Object.entries(facts)) defineProperty(registered, name, { value, enumerable: true });
  apply(remember, handlers, [registered, { handler, visibility }]);
  return registered;
}

// The registered function behind an export, or undefined.
export const registered = (value) => (typeof value === "function" ? apply(lookUp, handlers, [value]) : undefined);

// The same for what a deployment's own bundle made with its copy of `convex/server`, which keeps the handler beside it.
export function deployed(value) {
  const known = registered(value);
  if (known !== undefined || typeof value !== "function" || value.isQuery !== true) return known;
  const { _handler: handler } = value;
  if (typeof handler !== "function") {
    throw new TypeError("This function was deployed with a version of convex that is too old to be run offline.");
  }
  return { handler, visibility: value.isInternal ? "internal" : "public" };
}

// What Convex's analysis would take an export for.
export function kindOf(value) {
  if (registered(value) !== undefined) return "Query";
  if (typeof value !== "function") return undefined;
  for (const kind of ["Mutation", "Action", "Http"]) if (value[`is${kind}`] === true) return kind;
  return undefined;
}
