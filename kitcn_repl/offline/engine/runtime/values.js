// `convex/values`, as far as a deployed query needs it at run time: validators are checked by the host.
export { ConvexError } from "./primordials.js";

const validator = (kind) => (...inner) => ({ kind, isConvexValidator: true, isOptional: "required", inner });
const kinds = "id null number float64 bigint int64 boolean string bytes literal array object record union any optional";
export const v = Object.fromEntries(kinds.split(" ").map((kind) => [kind, validator(kind)]));
