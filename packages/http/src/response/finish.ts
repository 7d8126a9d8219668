import { OutputError, type Schema } from "@lamella/core";
import { isSchema, validate } from "@lamella/core/extend";
import { isWeb } from "./from-web-response.ts";
import type { SealedResponse } from "./http-response.ts";
import { isReply } from "./reply.ts";
import type { Responses } from "./responses.ts";
import { isStatus } from "./status.ts";
import { makeResponse, toResponse } from "./to-response.ts";

/** Makes the response of what a handler returned. */
export type Finish = (output: unknown) => SealedResponse | Promise<SealedResponse>;

/**
 * What makes responses of what a handler returns, checked against the declared ones. What a schema makes of a body is
 * what is sent, so what it does not name stays inside.
 *
 * @throws {TypeError} At load, when `responses` is no schema and no map of schemas.
 * @throws {RangeError} At load, when a status in it is none.
 */
export function finishWith(responses: Responses | undefined, option: string): Finish {
  if (responses === undefined) return toResponse;
  const single = isSchema(responses) ? responses : undefined;
  if (single === undefined) checkMap(responses, option);
  return (output) => {
    const { status, body, headers } = isReply(output) ? output : { status: 200, body: output, headers: undefined };
    if (single !== undefined && !OK.has(status)) return makeResponse(status, body, headers);
    const schema = single ?? (Object.hasOwn(responses, status) ? (responses as Record<number, Schema<unknown> | null>)[status] : undefined);
    const part = `${status} response`;
    // A layer's answer comes here as well, so this is more than the types can promise.
    if (schema === undefined) throw new OutputError({ part, problem: "is not declared" });
    if (isWeb(body, "Response")) throw new OutputError({ part, problem: "is a web Response, which no schema can check" });
    if (schema === null) {
      if (body !== undefined) throw new OutputError({ part, problem: "has a body, and is declared to have none" });
      return makeResponse(status, body, headers);
    }
    const send = (valid: unknown): SealedResponse => makeResponse(status === 200 && valid === undefined ? 204 : status, valid, headers);
    const valid = validate(schema, body, part, OutputError);
    return valid instanceof Promise ? valid.then(send) : send(valid);
  };
}

const OK: ReadonlySet<number> = /* @__PURE__ */ new Set([200, 201, 202, 203, 206]);

function checkMap(responses: object, option: string): void {
  const entries = Object.entries(typeof responses === "object" ? (responses ?? {}) : {});
  // Neither a list nor text has statuses, and an empty map declares nothing that could be replied.
  if (entries.length === 0) throw new TypeError(`${option} must be a Standard Schema, or schemas by status, got ${typeof responses}`);
  for (const [status, schema] of entries) {
    if (!isStatus(Number(status))) throw new RangeError(`${option} must have statuses from 200 to 599 as keys, got ${status}`);
    if (schema !== null) checkSchema(schema, `${option}[${status}]`);
  }
}

/**
 * @throws {TypeError} When `schema` is none.
 */
export function checkSchema(schema: unknown, option: string): void {
  if (!isSchema(schema)) throw new TypeError(`${option} must be a Standard Schema (Zod, Valibot, ArkType, …), got ${typeof schema}`);
}
