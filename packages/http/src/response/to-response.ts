import { OutputError } from "@lamella/core";
import { fromWebResponse, isWeb } from "./from-web-response.ts";
import { toFields } from "./header-fields.ts";
import { type HttpBody, SealedResponse } from "./http-response.ts";
import { type HeaderValues, isReply } from "./reply.ts";
import { checkStatus, hasNoBody } from "./status.ts";

/**
 * The response of what a handler returned, or a layer answered: a reply, a web `Response`, text, bytes, a stream, or
 * what is to be JSON.
 *
 * @throws {OutputError} When it cannot be sent.
 */
export function toResponse(output: unknown): SealedResponse {
  if (isReply(output)) return makeResponse(output.status, output.body, output.headers);
  if (isWeb(output, "Response")) return fromWebResponse(output);
  if (output instanceof SealedResponse) return output;
  return makeResponse(output === undefined ? 204 : 200, output);
}

/**
 * A response of its parts. A content type among the headers goes before the one that the body suggests.
 *
 * @throws {OutputError} When the status is none, a header cannot be sent, or the body is no JSON.
 */
export function makeResponse(status: number, value: unknown, headers?: HeaderValues, jsonType = "application/json"): SealedResponse {
  checkStatus(status);
  let body: HttpBody;
  let type: string | undefined;
  if (hasNoBody(status) || value === undefined) body = undefined;
  else if (typeof value === "string") [body, type] = [value, "text/plain; charset=utf-8"];
  else if (value instanceof Uint8Array || isWeb(value, "ReadableStream")) [body, type] = [value, OCTETS];
  else if (isWeb(value, "ArrayBuffer")) [body, type] = [new Uint8Array(value), OCTETS];
  else if (isWeb(value, "Blob")) [body, type] = [value.stream(), value.type || OCTETS];
  // Node's streams, too.
  else if (typeof value === "object" && value !== null && Symbol.asyncIterator in value)
    [body, type] = [ReadableStream.from(value as AsyncIterable<Uint8Array>), OCTETS];
  else [body, type] = [toJson(value), jsonType];
  return new SealedResponse(status, body, toFields(headers, type));
}

const OCTETS = "application/octet-stream";

function toJson(value: unknown): string {
  let cause: unknown;
  try {
    const text = JSON.stringify(value) as string | undefined;
    if (text !== undefined) return text;
  } catch (error) {
    cause = error;
  }
  // Without what V8 says, which names members of the value.
  throw new OutputError({ part: "response", problem: "is no JSON: a cycle, a BigInt or a function", cause });
}
