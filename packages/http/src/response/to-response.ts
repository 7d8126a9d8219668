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
  if (value === undefined || hasNoBody(status)) return new SealedResponse(status, undefined, toFields(headers, undefined));
  if (typeof value === "string") return new SealedResponse(status, value, toFields(headers, "text/plain; charset=utf-8"));
  if (isBinary(value)) return new SealedResponse(status, value, toFields(headers, "application/octet-stream"));
  return new SealedResponse(status, toJson(value), toFields(headers, jsonType));
}

function isBinary(value: unknown): value is HttpBody {
  return value instanceof Uint8Array || isWeb(value, "ReadableStream");
}

function toJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    // Without what V8 says, which names members of the value.
    throw new OutputError({ part: "response body", problem: "is not JSON: it has a cycle, a BigInt, or a toJSON that throws", cause });
  }
  if (text === undefined) throw new OutputError({ part: "response body", problem: `is a ${typeof value}, which is not JSON` });
  return text;
}
