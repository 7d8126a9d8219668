import type { HttpEventInput } from "./http-event-input.ts";

/**
 * What the event builders take, of a web `Request`: so a test may write the request as its client would.
 *
 * @example
 * albEvent(await fromRequest(new Request("https://shop.example/orders?tag=a&tag=b", { headers: { accept: "text/html" } })));
 */
export async function fromRequest(request: Request): Promise<HttpEventInput> {
  const { host, pathname, search } = new URL(request.url);
  const bytes = new Uint8Array(await request.arrayBuffer());
  return {
    method: request.method,
    path: pathname,
    query: search.slice(1),
    headers: { host, "user-agent": undefined, "content-type": undefined, ...Object.fromEntries(request.headers) },
    ...(bytes.length > 0 && { body: toBody(bytes, request.headers) }),
  };
}

/** Text where services take the body for text: they send all else as base64. */
function toBody(bytes: Uint8Array, headers: Headers): string | Uint8Array {
  const isText = /^(text\/|application\/(json|xml|javascript))/.test(headers.get("content-type") ?? "");
  if (!isText || headers.has("content-encoding")) return bytes;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes;
  }
}
