import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { HttpEventInput } from "../events/http-event-input.ts";

/** Headers of one connection, which no service passes on. */
const OF_CONNECTION = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade"]);

/** What the event builders take, of a request that came in: as the client sent it, names in its spelling and every value. */
export async function toInput(request: IncomingMessage): Promise<HttpEventInput> {
  const { method = "GET", url = "/", headersDistinct, rawHeaders } = request;
  const at = url.indexOf("?");
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const bytes = new Uint8Array(Buffer.concat(chunks));
  const spelled = new Map(rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), name] as const] : [])));
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    OF_CONNECTION.has(name) ? [] : [[spelled.get(name) ?? name, values] as const],
  );
  return {
    method,
    path: at === -1 ? url : url.slice(0, at),
    query: at === -1 ? "" : url.slice(at + 1),
    headers: { "user-agent": undefined, "content-type": undefined, ...Object.fromEntries(headers) },
    ...(bytes.length > 0 && { body: isText(request, bytes) ? Buffer.from(bytes).toString() : bytes }),
  };
}

/** Whether services take the body for text: they send all else as base64. */
function isText({ headers }: IncomingMessage, bytes: Uint8Array): boolean {
  return (
    /^(text\/|application\/(json|xml|javascript))/.test(headers["content-type"] ?? "") && !headers["content-encoding"] && isUtf8(bytes)
  );
}
