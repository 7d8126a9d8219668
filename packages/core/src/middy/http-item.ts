import type { Outcome } from "../outcome.ts";

type HeaderLists = Record<string, string | readonly string[]>;

/** What a request of `@lamella/http` has; known by its marks, because this package does not depend on that one. */
export interface HttpItem {
  readonly "~finish": (output: unknown) => Outcome<never> | Promise<Outcome<never>>;
  /** Makes a response that the declared ones do not bind. */
  readonly "~respond": (status: number, body: unknown, headers: HeaderLists) => Outcome<never>;
}

export function isHttpItem(item: unknown): item is HttpItem {
  return typeof item === "object" && item !== null && "~respond" in item;
}

/** A response as Middy's middlewares know it: what the handlers of a proxy integration return. */
interface MiddyResponse {
  statusCode?: number | undefined;
  headers?: HeaderLists | undefined;
  multiValueHeaders?: Readonly<Record<string, readonly string[]>> | undefined;
  cookies?: readonly string[] | undefined;
  body?: unknown;
  isBase64Encoded?: boolean | undefined;
}

/** What a source for HTTP makes of what a handler returns. */
interface Response {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export function toMiddy(outcome: Outcome<never>): MiddyResponse {
  const { status, headers, body } = outcome as unknown as Response;
  const isBase64Encoded = body instanceof Uint8Array;
  const cookies = headers.getSetCookie();
  const others = [...headers].filter(([name]) => name !== "set-cookie");
  return {
    statusCode: status,
    headers: Object.fromEntries(others),
    ...(cookies.length > 0 && { cookies }),
    body: isBase64Encoded ? Buffer.from(body).toString("base64") : body,
    isBase64Encoded,
  };
}

export function fromMiddy(response: unknown, item: HttpItem): Outcome<never> {
  // As the gateway takes it: without a status it is the body itself.
  if (typeof response !== "object" || response === null || !("statusCode" in response)) {
    return item["~respond"](response === undefined ? 204 : 200, response, {});
  }
  const { statusCode, headers, multiValueHeaders, cookies = [], body, isBase64Encoded } = response as MiddyResponse;
  const lists: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries({ ...headers, ...multiValueHeaders }))
    lists[name] = Array.isArray(value) ? value : String(value);
  if (cookies.length > 0) lists["set-cookie"] = cookies;
  const decoded = isBase64Encoded === true && typeof body === "string" ? Buffer.from(body, "base64") : body;
  return item["~respond"](Number(statusCode), decoded ?? undefined, lists);
}
