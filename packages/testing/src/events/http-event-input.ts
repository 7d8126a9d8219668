import { unescape } from "node:querystring";

/** What a test says of a request to any HTTP service; the rest is made up, and the same in every run. */
export interface HttpEventInput {
  /** @default "GET", or "POST" with a body */
  readonly method?: string | undefined;
  /** As the client sends it, percent-encoded where it must be. @default "/" */
  readonly path?: string | undefined;
  /** Values by name, not encoded, several of one name as a list; or the whole query as the client sends it, encoded. */
  readonly query?: string | Readonly<Record<string, string | readonly string[]>> | undefined;
  /** By name, in any case; several values of one name as a list. `undefined` leaves out a header that is there by default. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
  readonly cookies?: Readonly<Record<string, string>> | undefined;
  /** Text and bytes as they are; anything else as JSON, with its content type. */
  readonly body?: unknown;
}

/** A request as services take it apart. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  /** The names and values of the query, still encoded. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Every header with all its values, names as they were given. */
  readonly headers: readonly (readonly [name: string, values: readonly string[]])[];
  readonly host: string;
  readonly body: string | undefined;
  readonly isBase64Encoded: boolean;
}

export function toSent(input: HttpEventInput): SentRequest {
  const { method = input.body === undefined ? "GET" : "POST", path = "/" } = input;
  const { contentType, ...body } = encode(input.body);
  const search = typeof input.query === "string" ? input.query : toSearch(input.query);
  const headers = new Map<string, readonly [name: string, values: readonly string[]]>();
  const set = (name: string, values: readonly string[]): void => void headers.set(name.toLowerCase(), [name, values]);
  set("host", ["api.example.com"]);
  set("user-agent", ["test"]);
  if (contentType !== undefined) set("content-type", [contentType]);
  for (const [name, values] of Object.entries(input.headers ?? {})) {
    if (values === undefined) headers.delete(name.toLowerCase());
    else set(name, [values].flat());
  }
  const cookies = Object.entries(input.cookies ?? {}).map(([name, value]) => `${name}=${value}`);
  if (cookies.length > 0) set("cookie", [...(headers.get("cookie")?.[1] ?? []), cookies.join("; ")]);
  return {
    method,
    path,
    search,
    query: search
      .split("&")
      .filter((pair) => pair !== "")
      .map((pair) => /^([^=]*)=?(.*)$/s.exec(pair)?.slice(1) as [string, string]),
    headers: [...headers.values()],
    host: headers.get("host")?.[1][0] ?? "api.example.com",
    ...body,
  };
}

/** The values of each name, in the order in which the names came first. */
export function grouped(pairs: readonly (readonly [name: string, value: string])[]): [name: string, values: [string, ...string[]]][] {
  const byName = new Map<string, [string, ...string[]]>();
  for (const [name, value] of pairs) {
    const values = byName.get(name);
    if (values === undefined) byName.set(name, [value]);
    else values.push(value);
  }
  return [...byName];
}

/** As services decode a name or value of a query; what is no encoding stays as it is. */
export function decoded([name, value]: readonly [name: string, value: string]): readonly [name: string, value: string] {
  return [unescape(name.replaceAll("+", " ")), unescape(value.replaceAll("+", " "))];
}

/** With an address behind those that the client claims, as services put it there. */
export function forwarded({ headers }: SentRequest, address: string): SentRequest["headers"] {
  const others = headers.filter(([name]) => name.toLowerCase() !== "x-forwarded-for");
  const claimed = headers.find(([name]) => name.toLowerCase() === "x-forwarded-for")?.[1] ?? [];
  return [...others, ["x-forwarded-for", [[...claimed, address].join(", ")]]];
}

function encode(body: unknown): { body: string | undefined; isBase64Encoded: boolean; contentType?: string } {
  if (body === undefined || typeof body === "string") return { body, isBase64Encoded: false };
  if (body instanceof Uint8Array)
    return { body: Buffer.from(body).toString("base64"), isBase64Encoded: true, contentType: "application/octet-stream" };
  return { body: JSON.stringify(body), isBase64Encoded: false, contentType: "application/json" };
}

function toSearch(query: Readonly<Record<string, string | readonly string[]>> = {}): string {
  return Object.entries(query)
    .flatMap(([name, values]) => [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`))
    .join("&");
}
