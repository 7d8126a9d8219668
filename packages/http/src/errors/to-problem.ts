import { hasCode, type PayloadError } from "@lamella/core";
import { toPointer } from "@lamella/core/extend";
import { MEDIA } from "../request/check-media.ts";
import type { SealedResponse } from "../response/http-response.ts";
import type { HeaderValues } from "../response/reply.ts";
import { makeResponse } from "../response/to-response.ts";
import type { HttpError } from "./http-error.ts";
import { titleOf } from "./title-of.ts";

/** How many issues of a request are told: a body of a million wrong elements must not make a reply of a million lines. */
const TOLD = 100;

/**
 * The response of an error. What is no `HttpError`, no payload that does not fit, no deadline and no failed `init` is a 500 that says
 * nothing more: the message of an unknown error may hold anything.
 *
 * RFC 9457: "Problem Details for HTTP APIs".
 */
export function toProblem(error: unknown): SealedResponse {
  // What else is thrown, such as the JSON of another service, may have any members that somebody else has chosen.
  if (Object.prototype.toString.call(error) !== "[object Error]") return problem(500);
  try {
    if (hasCode(error, "LAMELLA_HTTP")) return ofHttpError(error as HttpError);
    const known = httpOf(error);
    if (known !== undefined) return problem(known.status, { detail: known.detail }, known.headers);
    if (hasCode(error, "LAMELLA_PAYLOAD")) return ofPayloadError(error as PayloadError);
    if (hasCode(error, "LAMELLA_DEADLINE_EXCEEDED") || hasCode(error, "LAMELLA_INIT")) return problem(503, {}, { "retry-after": "1" });
  } catch {
    // An error that cannot be told, because its headers cannot be sent or its members are no JSON. It is logged as it is.
  }
  return problem(500);
}

/** How an error of another package wants to be answered. */
interface Answerable {
  readonly status: number;
  readonly detail: string;
  readonly headers?: HeaderValues | undefined;
}

// On the error, so that layers for any kind of item answer requests without this package.
function httpOf(error: unknown): Answerable | undefined {
  return typeof error === "object" && error !== null ? (error as { readonly "~http"?: Answerable })["~http"] : undefined;
}

function ofHttpError({ status, detail, expose, headers, problem: members }: HttpError): SealedResponse {
  return problem(status, expose ? { detail, ...members } : {}, headers);
}

function ofPayloadError(error: PayloadError): SealedResponse {
  return error.part === MEDIA
    ? problem(415, { detail: `The body ${error.issues[0]?.message}.` })
    : problem(400, { errors: toErrors(error) });
}

function problem(status: number, members: Readonly<Record<string, unknown>> = {}, headers?: HeaderValues): SealedResponse {
  return makeResponse(status, { type: "about:blank", title: titleOf(status), ...members, status }, headers, "application/problem+json");
}

/** One place of the request that does not fit. */
interface Misfit {
  /** The part of the request: `body`, `query`, `params`, `headers` or `cookies`. */
  readonly in: string;
  /** Where in it, as a JSON Pointer in a fragment. */
  readonly pointer: string;
  readonly detail: string;
}

function toErrors({ part, issues }: PayloadError): readonly Misfit[] {
  return issues.slice(0, TOLD).map(({ message, path = [] }) => {
    // Of several parts the paths begin with the part.
    const [first, ...rest] = part === "request" ? path : [part, ...path];
    // A lone half of a character, which JSON may have in a key, would make `encodeURI` throw; a buffer replaces it.
    const pointer = encodeURI(Buffer.from(toPointer(rest)).toString()).replaceAll("#", "%23");
    return { in: typeof first === "string" ? first : part, pointer: `#${pointer}`, detail: message };
  });
}
