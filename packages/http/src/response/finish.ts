import { OutputError, type Schema } from "@lamella/core";
import { isSchema, validate } from "@lamella/core/extend";
import { isWeb } from "./from-web-response.ts";
import type { SealedResponse } from "./http-response.ts";
import { type HeaderValues, isReply } from "./reply.ts";
import type { Responses } from "./responses.ts";
import { makeResponse, toResponse } from "./to-response.ts";

/** Makes the response of what a handler returned. */
export type Finish = (output: unknown) => SealedResponse | Promise<SealedResponse>;

/** What stands for a status: its schema, `null` for no body, `"any"` for any body, `undefined` for a status that is not declared. */
type Rule = Schema<unknown> | null | "any" | undefined;

/**
 * What makes responses of what a handler returns, checked against the declared ones. What a schema makes of a body is
 * what is sent, so what it does not name stays inside.
 *
 * @throws {TypeError} At load, when `responses` is no schema and no map of schemas.
 * @throws {RangeError} At load, when a status in it is none.
 */
export function finishWith(responses: Responses | undefined, option: string): Finish {
  if (responses === undefined) return toResponse;
  const ruleOf = toRules(responses, option);
  return (output) => {
    // A layer's answer comes here as well, so this is more than the types can promise.
    if (isWeb(output, "Response"))
      throw new OutputError({ part: "web Response", problem: "cannot be checked against the declared responses" });
    const { status, body, headers } = isReply(output) ? output : { status: 200, body: output, headers: undefined };
    const rule = ruleOf(status);
    if (rule === "any") return makeResponse(status, body, headers);
    if (rule === undefined) throw new OutputError({ part: "status", problem: `is ${status}, which the declared responses lack` });
    if (rule === null) {
      if (body === undefined) return makeResponse(status, undefined, headers);
      throw new OutputError({ part: `${status} response body`, problem: "is there, where none is declared" });
    }
    const valid = validate(rule, body, `${status} response body`, OutputError);
    return valid instanceof Promise ? valid.then((known) => shaped(status, known, headers)) : shaped(status, valid, headers);
  };
}

function shaped(status: number, body: unknown, headers: HeaderValues | undefined): SealedResponse {
  return makeResponse(status === 200 && body === undefined ? 204 : status, body, headers);
}

const OK: ReadonlySet<number> = new Set([200, 201, 202, 203, 206]);

function toRules(responses: Responses, option: string): (status: number) => Rule {
  if (isSchema(responses)) return (status) => (OK.has(status) ? responses : "any");
  if (typeof responses !== "object" || responses === null || Array.isArray(responses)) {
    throw new TypeError(`${option} must be a Standard Schema (Zod, Valibot, ArkType, …) or schemas by status, got ${typeof responses}`);
  }
  const rules = new Map<number, Rule>();
  for (const [key, rule] of Object.entries(responses)) {
    const status = Number(key);
    if (!(Number.isInteger(status) && status >= 200 && status <= 599)) {
      throw new RangeError(`${option} must have statuses from 200 to 599 as keys, got ${key}`);
    }
    if (rule !== null && !isSchema(rule))
      throw new TypeError(`${option} must have a Standard Schema or null for ${key}, got ${typeof rule}`);
    rules.set(status, rule);
  }
  return (status) => rules.get(status);
}
