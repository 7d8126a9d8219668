import { isUtf8 } from "node:buffer";
import type { SealedResponse } from "./http-response.ts";
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

/**
 * Makes the body text, or base64 where it is none.
 *
 * @throws {OutputError} When a layer has set a status that is none.
 */
export function toWire(response: SealedResponse, method: string | undefined): WireResponse | Promise<WireResponse> {
  const { status, body } = response;
  checkStatus(status);
  const { values, cookies } = response["~fields"]();
  const packed = (content?: string | Uint8Array): WireResponse => {
    const text = content instanceof Uint8Array ? toText(content, values) : content;
    const isBase64 = text === undefined && content !== undefined;
    const headers = framed(values, content, method === "HEAD" || status === 304);
    return { status, headers, cookies, body: isBase64 ? Buffer.from(content as Uint8Array).toString("base64") : text, isBase64 };
  };
  const isStream = typeof body === "object" && !(body instanceof Uint8Array);
  if (method === "HEAD" || hasNoBody(status)) {
    // What nobody will read must not go on being made.
    if (isStream) body.cancel().catch(() => {});
    return packed();
  }
  return isStream ? collect(body).then(packed) : packed(body);
}

/**
 * The headers for a reply in one piece: a length that was given is the real one, or, where a body is only told of, what was
 * given. Services compute the length themselves, but a wrong one can get through.
 */
function framed(values: WireResponse["headers"], content: string | Uint8Array | undefined, isAbout: boolean): WireResponse["headers"] {
  if (!("content-length" in values || "transfer-encoding" in values)) return values;
  const { "content-length": given, "transfer-encoding": _, ...rest } = values;
  if (given === undefined || (content === undefined && !isAbout)) return rest;
  return { ...rest, "content-length": content === undefined ? given : String(Buffer.byteLength(content)) };
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
