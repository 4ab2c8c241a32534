// The expression language of `filter`: built as the JSON that Convex sends (10.3), compiled to closures to be evaluated.
import { decode, encodeOrUndefined, isSimpleObject } from "./codec.js";
import { compare, typeName } from "./order.js";
import { inspect } from "./inspect.js";
import { Error, freeze, isArray, keys, parse, stringify, TypeError } from "./primordials.js";

class Expression {
  #json;
  constructor(json) {
    this.#json = json;
  }
  static json(expression) {
    return expression.#json;
  }
  static is(value) {
    return typeof value === "object" && value !== null && #json in value;
  }
}

// JSON text of an expression, or of a literal value.
export const serialize = (expression) =>
  Expression.is(expression) ? Expression.json(expression) : `{"$literal":${encodeOrUndefined(expression)}}`;

const list = (expressions) => `[${expressions.map(serialize).join(",")}]`;
const binary = (op) => (l, r) => new Expression(`{"$${op}":${list([l, r])}}`);

export const filterBuilder = freeze({
  eq: binary("eq"),
  neq: binary("neq"),
  lt: binary("lt"),
  lte: binary("lte"),
  gt: binary("gt"),
  gte: binary("gte"),
  add: binary("add"),
  sub: binary("sub"),
  mul: binary("mul"),
  div: binary("div"),
  mod: binary("mod"),
  neg: (x) => new Expression(`{"$neg":${serialize(x)}}`),
  and: (...expressions) => new Expression(`{"$and":${list(expressions)}}`),
  or: (...expressions) => new Expression(`{"$or":${list(expressions)}}`),
  not: (x) => new Expression(`{"$not":${serialize(x)}}`),
  field: (path) => {
    if (typeof path !== "string") throw new TypeError(`q.field needs a field path, got ${inspect(path)}`);
    return new Expression(`{"$field":${stringify(path)}}`);
  },
});

// Document -> boolean, from the JSON text of a filter.
export function compilePredicate(text) {
  const evaluate = compile(parse(text));
  return (document) => asBoolean(evaluate(document));
}

function asBoolean(value) {
  if (typeof value === "boolean") return value;
  throw new Error(`Cannot use value ${inspect(value)} (type ${typeName(value)}) as a Boolean`);
}

const COMPARISONS = {
  $eq: (order) => order === 0,
  $neq: (order) => order !== 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
};

const ARITHMETIC = {
  $add: (a, b) => a + b,
  $sub: (a, b) => a - b,
  $mul: (a, b) => a * b,
  $div: (a, b) => a / b,
  $mod: (a, b) => a % b,
};

function calculate(op, a, b) {
  if (typeof a !== typeof b || (typeof a !== "bigint" && typeof a !== "number")) {
    throw new Error(
      `Cannot ${op.slice(1)} ${inspect(a)} (type ${typeName(a)}) and ${inspect(b)} (type ${typeName(b)}): ` +
        "both must be Int64, or both Float64",
    );
  }
  return int64(ARITHMETIC[op](a, b), op);
}

function int64(value, op) {
  if (typeof value === "bigint" && BigInt.asIntN(64, value) !== value) {
    throw new Error(`${op.slice(1)} overflows an Int64`);
  }
  return value;
}

function compile(node) {
  const [op] = keys(node);
  const inner = node[op];
  if (op === "$literal") {
    const value = decode(inner);
    return () => value;
  }
  if (op === "$field") return fieldAt(inner);
  if (op === "$not") {
    const operand = compile(inner);
    return (document) => !asBoolean(operand(document));
  }
  if (op === "$neg") {
    const operand = compile(inner);
    return (document) => {
      const value = operand(document);
      if (typeof value !== "number" && typeof value !== "bigint") {
        throw new Error(`Cannot neg ${inspect(value)} (type ${typeName(value)}): it must be Int64 or Float64`);
      }
      return int64(-value, op);
    };
  }
  const operands = inner.map(compile);
  if (op === "$and" || op === "$or") {
    const decisive = op === "$or";
    return (document) => {
      for (let i = 0; i < operands.length; i++) if (asBoolean(operands[i](document)) === decisive) return decisive;
      return !decisive;
    };
  }
  const [left, right] = operands;
  const holds = COMPARISONS[op];
  if (holds !== undefined) return (document) => holds(compare(left(document), right(document)));
  return (document) => calculate(op, left(document), right(document));
}

function fieldAt(path) {
  const names = path.split(".");
  if (names.length === 1) return (document) => (Object.hasOwn(document, path) ? document[path] : undefined);
  return (document) => {
    let value = document;
    for (const name of names) {
      if (!isSimpleObject(value) || isArray(value) || !Object.hasOwn(value, name)) return undefined;
      value = value[name];
    }
    return value;
  };
}
