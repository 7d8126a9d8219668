import { OutputError, type Schema } from "@lamella/core";
import { checkSchema, isSchema, mustBe, validate } from "@lamella/core/extend";
import type { SealedResponse } from "./http-response.ts";
import { isReply } from "./reply.ts";
import type { Responses } from "./responses.ts";
import { isStatus } from "./status.ts";
import { makeResponse, toResponse } from "./to-response.ts";

/** Makes the response of what a handler returned. */
export type Finish = (output: unknown) => SealedResponse | Promise<SealedResponse>;

/**
 * What makes responses of what a handler returns, checked against the declared ones. What a schema makes of a body is
 * what is sent, so what it does not name stays inside; with `null` that is nothing.
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
    if (schema === undefined) throw new OutputError({ part, problem: "is not declared" });
    if (schema === null) return makeResponse(status, undefined, headers);
    const send = (valid: unknown): SealedResponse => makeResponse(status === 200 && valid === undefined ? 204 : status, valid, headers);
    const valid = validate(schema, body, part, OutputError);
    return valid instanceof Promise ? valid.then(send) : send(valid);
  };
}

const OK: ReadonlySet<number> = /* @__PURE__ */ new Set([200, 201, 202, 203, 206]);

function checkMap(responses: object, option: string): void {
  if (typeof responses !== "object" || responses === null) checkSchema(responses, option);
  for (const [status, schema] of Object.entries(responses)) {
    mustBe(isStatus(Number(status)), `a status of ${option}`, "from 200 to 599", status, RangeError);
    if (schema !== null) checkSchema(schema, `${option}[${status}]`);
  }
}
