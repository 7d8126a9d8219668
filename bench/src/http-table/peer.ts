import { isUtf8 } from "node:buffer";
import type { Context } from "aws-lambda";
import type { Does, Picture } from "../../../packages/http/test/edge-cases/edge-case.ts";
import type { ServiceName } from "../../../packages/http/test/edge-cases/services.ts";

/** One library behind one service, set up for one thing that its handler does. */
export type Invoke = (event: never, context: Context) => unknown;

/** A library, as its own documentation sets it up for Lambda. */
export interface Peer {
  readonly name: string;
  /** How it was set up, in words. */
  readonly setUp: string;
  /** The services that it says it is for; the others are no part of its score. */
  readonly services: readonly ServiceName[];
  /** What of a request its handlers can ask for; a case of which nothing is left does not count. */
  readonly sees: readonly (keyof Picture)[];
  /** Whether the case can be written with it at all. */
  readonly can?: ((does: Does) => boolean) | undefined;
  /** Whether it can be told to leave the stage out of the path. @default false */
  readonly strips?: boolean | undefined;
  readonly open: (does: Does, service: ServiceName, stripStage?: boolean) => Invoke | Promise<Invoke>;
}

export const API_GATEWAY: readonly ServiceName[] = ["REST API", "HTTP API 1.0", "HTTP API 2.0", "function URL"];
export const LOAD_BALANCERS: readonly ServiceName[] = ["ALB, single values", "ALB, multi values"];

/** What a handler gives, as a web `Response`; what is returned takes the shape that the library's users would give it. */
export function toResponse(does: Exclude<Does, { readonly does: "mirror" | "throw" }>): Response {
  const headers = new Headers();
  if (does.does === "return") {
    if (does.value instanceof Uint8Array) headers.set("content-type", "application/octet-stream");
    return new Response(does.value as BodyInit, { headers });
  }
  for (const [name, values] of does.does === "reply" ? Object.entries(does.headers ?? {}) : (does.headers ?? []))
    for (const value of [values].flat()) headers.append(name, value);
  return new Response(bodyOf(does), { status: does.status, headers });
}
type BodyInit = ConstructorParameters<typeof Response>[0];

/** The same in parts, for libraries that take no web `Response`: header values in a list where there are several. */
export function toParts(does: Extract<Does, { readonly does: "reply" | "respond" }>): {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string | readonly string[]])[];
  readonly body: string | Uint8Array | undefined;
} {
  const pairs: (readonly [name: string, value: string | readonly string[]])[] =
    does.does === "reply" ? Object.entries(does.headers ?? {}) : [...(does.headers ?? [])];
  const byName = Map.groupBy(pairs, ([name]) => name);
  const headers = [...byName].map(([name, all]) => {
    const values = all.flatMap(([, value]) => value);
    return [name, values.length === 1 ? (values[0] as string) : values] as const;
  });
  return { status: does.status, headers, body: does.body };
}

/** Whether the reply is bytes that are no text. */
export function isBinary(does: Does): boolean {
  const body = does.does === "return" ? does.value : "body" in does ? does.body : undefined;
  return body instanceof Uint8Array && !isUtf8(body);
}

/** A status that has no body cannot have one in a web `Response`. */
function bodyOf({ status, body }: { readonly status: number; readonly body?: string | Uint8Array }): BodyInit {
  return [204, 205, 304].includes(status) ? null : (body as BodyInit);
}

/** What a web `Request` shows. */
export async function pictureOf(request: Request): Promise<Partial<Picture>> {
  return {
    ...pictureOfTarget(request.method, request.url),
    headers: Object.fromEntries(request.headers),
    body: base64(await request.arrayBuffer()),
  };
}

export function pictureOfTarget(method: string, target: string): Partial<Picture> {
  const url = new URL(target, "https://api.example.com");
  return { method, path: url.pathname, target: url.pathname + url.search, query: [...url.searchParams] };
}

export function base64(body: unknown): string {
  return Buffer.from((body ?? "") as string).toString("base64");
}
