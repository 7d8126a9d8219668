import { PayloadError } from "@lamella/core";
import { parseJson } from "@lamella/core/extend";
import { isObject } from "../internal/is-object.ts";

/** The parameters and the members of the request body, by name, each as its declared type. */
export function toInput(event: { readonly parameters?: unknown; readonly requestBody?: unknown }): Readonly<Record<string, unknown>> {
  // Not by assignment: `__proto__` would change the object.
  const input = new Map<string, unknown>();
  for (const parameter of [...listOf(event.parameters), ...bodyOf(event.requestBody)]) {
    if (!isObject(parameter) || typeof parameter["name"] !== "string") continue;
    if (parameter["name"] === "__proto__")
      throw new PayloadError({ part: "input", problem: "has a key __proto__, which could change every object" });
    input.set(parameter["name"], toTyped(parameter["type"], parameter["value"]));
  }
  return Object.fromEntries(input);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The members of the body, of whichever content type there is one. */
function bodyOf(requestBody: unknown): readonly unknown[] {
  const content = isObject(requestBody) ? requestBody["content"] : undefined;
  return Object.values(isObject(content) ? content : {}).flatMap((part) => listOf(isObject(part) ? part["properties"] : undefined));
}

// The model writes the values, so one that is not of its type stays the text that it is: a schema says what is wrong with
// it, in words from which the model can learn.
function toTyped(type: unknown, value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (type === "integer" || type === "number") {
    const number = Number(value);
    return value.trim() === "" || !Number.isFinite(number) ? value : number;
  }
  if (type === "boolean") return value === "true" ? true : value === "false" ? false : value;
  if (type === "array" || type === "object") {
    try {
      return parseJson(value, "input");
    } catch {
      return value;
    }
  }
  return value;
}
