import { isUtf8 } from "node:buffer";
import type { HttpBody, SealedResponse } from "./http-response.ts";
import { checkStatus, hasNoBody } from "./status.ts";

/** A response for a service that takes it in one piece. */
export interface WireResponse {
  readonly status: number;
  /** One value a name, in lower case, without `set-cookie`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: string | undefined;
  readonly isBase64: boolean;
}

/** A response without what nobody will read of it. */
export interface Head extends Pick<WireResponse, "status" | "headers" | "cookies"> {
  readonly body: HttpBody;
}

/**
 * Sorts out what of a response is sent. A length that was given is the real one, or, where a body is only told of, what was
 * given, and of a stream there is none. Services compute the length themselves, but a wrong one can get through.
 *
 * @throws {OutputError} When a layer has set a status that is none.
 */
export function toHead(response: SealedResponse, method: string | undefined): Head {
  const { status } = response;
  checkStatus(status);
  const isHead = method === "HEAD";
  const { values, cookies } = response["~fields"]();
  const body = isHead || hasNoBody(status) ? undefined : response.body;
  // What nobody will read must not go on being made.
  if (body === undefined && isStream(response.body)) response.body.cancel().catch(() => {});
  return { status, cookies, body, headers: framed(values, body, isHead || status === 304) };
}

/**
 * Makes the body text, or base64 where it is none.
 *
 * @throws {OutputError} When a layer has set a status that is none.
 */
export function toWire(response: SealedResponse, method: string | undefined): WireResponse | Promise<WireResponse> {
  const { body: content, ...head } = toHead(response, method);
  if (isStream(content)) return collect(content).then((bytes) => toWire(Object.assign(response, { body: bytes }), method));
  const text = content instanceof Uint8Array ? toText(content, head.headers) : content;
  const isBase64 = text === undefined && content !== undefined;
  return { ...head, body: isBase64 ? Buffer.from(content as Uint8Array).toString("base64") : text, isBase64 };
}

function isStream(body: HttpBody): body is ReadableStream<Uint8Array> {
  return typeof body === "object" && !(body instanceof Uint8Array);
}

function framed(values: WireResponse["headers"], content: HttpBody, isAbout: boolean): WireResponse["headers"] {
  if (!("content-length" in values || "transfer-encoding" in values)) return values;
  const { "content-length": given, "transfer-encoding": _, ...rest } = values;
  if (given === undefined || (content === undefined ? !isAbout : isStream(content))) return rest;
  return { ...rest, "content-length": content === undefined ? given : String(Buffer.byteLength(content as string | Uint8Array)) };
}

// What is called text here and is no UTF-8 is sent as base64 all the same.
const TEXT = /^text\/|[/+](x-)?(json|xml|yaml|javascript|ecmascript|ndjson|www-form-urlencoded)\b/i;

/** The bytes as text, byte for byte; `undefined` where they are none. */
function toText(bytes: Uint8Array, headers: Readonly<Record<string, string>>): string | undefined {
  const isText = TEXT.test(headers["content-type"] ?? "") && /^(identity)?$/i.test(headers["content-encoding"] ?? "") && isUtf8(bytes);
  // With a byte order mark, if there is one.
  return isText ? Buffer.from(bytes).toString() : undefined;
}

async function collect(stream: ReadableStream<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as string));
  return Buffer.concat(chunks);
}
