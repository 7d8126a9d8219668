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
  const { values: headers, cookies } = response["~fields"]();
  if (body === undefined || method === "HEAD" || hasNoBody(status)) {
    // What nobody will read must not go on being made.
    if (typeof body === "object" && "cancel" in body) body.cancel().catch(() => {});
    return { status, headers, cookies, body: undefined, isBase64: false };
  }
  if (typeof body === "string") return { status, headers, cookies, body, isBase64: false };
  if (body instanceof Uint8Array) return { status, headers, cookies, ...encoded(body, headers) };
  return collect(body).then((bytes) => ({ status, headers, cookies, ...encoded(bytes, headers) }));
}

function encoded(bytes: Uint8Array, headers: Readonly<Record<string, string>>): Pick<WireResponse, "body" | "isBase64"> {
  const text = isText(headers) ? toText(bytes) : undefined;
  if (text !== undefined) return { body: text, isBase64: false };
  return { body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"), isBase64: true };
}

const TEXT =
  /^(text\/|application\/([\w.-]+\+)?(json|xml|yaml|x-yaml|javascript|ecmascript|x-ndjson|x-www-form-urlencoded|graphql)\b|[\w.-]+\/[\w.-]+\+(json|xml|yaml)\b)/i;

function isText(headers: Readonly<Record<string, string>>): boolean {
  return TEXT.test(headers["content-type"] ?? "") && /^(identity)?$/i.test(headers["content-encoding"] ?? "");
}

/** The text, byte for byte; `undefined` for bytes that say they are text and are no UTF-8. */
function toText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

async function collect(stream: ReadableStream<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}
