// What a query module can import.
import { register } from "./registry.js";

export const query = (definition) => register(definition, "public", "query");
export const internalQuery = (definition) => register(definition, "internal", "internalQuery");
