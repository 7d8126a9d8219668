import { parse } from "node:querystring";
import type { Source } from "@lamella/core";
import { type HttpKind, type HttpOptions, type HttpService, httpSource } from "./http-source.ts";
import type { LatticeEvent, LatticeEventV2, LatticeIdentity, LatticeResult } from "./lattice-event.ts";
import type { DeepPartial } from "./payload-2.ts";
import type { IamAuth } from "./request/auth.ts";
import { EventRequest } from "./request/event-request.ts";
import type { NamedValues, Shaped, Values } from "./request/http-request.ts";
import { lastAddress } from "./request/last-address.ts";
import { textOf } from "./request/text-of.ts";
import { toPairs } from "./request/to-headers.ts";
import type { Listed } from "./request/to-values.ts";
import type { Responses } from "./response/responses.ts";

/** What the parts of a request through VPC Lattice come to. */
export interface LatticeShape<Body, Query, Params, Headers, Cookies extends NamedValues>
  extends Shaped<Body, Query, Params, Headers, Cookies> {
  readonly auth: IamAuth | undefined;
}

/**
 * The source for VPC Lattice, event structure versions 1 and 2. A handler returns the same as that of `httpApi`.
 *
 * AWS: "Lambda functions as targets in VPC Lattice".
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(lattice({ body: Order }), async ({ body }) => place(body));
 */
export function lattice<
  Body = undefined,
  Query = Values,
  Params = Values,
  Headers = {},
  Cookies extends NamedValues = Values,
  Response extends Responses = never,
>(
  options: HttpOptions<Body, Query, Params, Headers, Cookies, Response> = {},
): Source<HttpKind<LatticeEvent, LatticeResult, LatticeShape<Body, Query, Params, Headers, Cookies>, Response>> {
  return httpSource(latticeService, options);
}

/** The members of both versions. */
type AnyVersion = DeepPartial<LatticeEventV2> & {
  readonly raw_path?: string | null;
  readonly query_string_parameters?: Listed | null;
  readonly is_base64_encoded?: boolean | null;
};

class LatticeRequest extends EventRequest<AnyVersion> {
  get method(): string {
    return textOf(this.raw.method) ?? "GET";
  }

  get path(): string {
    return this.#address()[0] || "/";
  }

  get clientIp(): string | undefined {
    return lastAddress(this["~web"]);
  }

  override get auth(): IamAuth | undefined {
    const { requestContext } = this.raw;
    const identity = requestContext ? requestContext.identity : fromHeader(this["~web"].get("x-amzn-lattice-identity") ?? "");
    const { type, principal, principalOrgID } = identity ?? {};
    return type === "AWS_IAM" ? { kind: "iam", userArn: principal, principalOrgId: principalOrgID } : undefined;
  }

  override get "~isPlain"(): boolean {
    return this["~web"].get("x-forwarded-proto") === "http";
  }

  get "~search"(): string {
    const [, search] = this.#address();
    const { queryStringParameters, query_string_parameters } = this.raw;
    // The path has the whole query, where version 1's map has the last value of each name.
    return (
      search ??
      toPairs(queryStringParameters ?? query_string_parameters ?? {})
        .map((pair) => pair.join("="))
        .join("&")
    );
  }

  get "~query"(): Listed {
    return parse(this["~search"], "&", "=", { maxKeys: 0 });
  }

  get "~headers"(): Listed {
    return this.raw.headers ?? {};
  }

  get "~body"(): unknown {
    return this.raw.body;
  }

  get "~isBase64"(): boolean {
    return (this.raw.isBase64Encoded ?? this.raw.is_base64_encoded) === true;
  }

  /** The path, and the query if the path carries it. */
  #address(): readonly [path: string, search: string | undefined] {
    const { path, raw_path } = this.raw;
    const address = textOf(path) ?? textOf(raw_path) ?? "";
    const at = address.indexOf("?");
    return at === -1 ? [address, undefined] : [address.slice(0, at), address.slice(at + 1)];
  }
}

/**
 * Who came, as version 1 tells it. VPC Lattice takes the header away from what clients send.
 *
 * AWS: "HTTP targets in VPC Lattice".
 */
function fromHeader(header: string): Pick<LatticeIdentity, "type" | "principal" | "principalOrgID"> {
  // A semicolon of a value has a backslash before it.
  const fields = new Map(
    (header.match(/(?:\\.|[^;\\])+/g) ?? []).map((field) => [field.split("=", 1)[0]?.trim(), field.slice(field.indexOf("=") + 1).trim()]),
  );
  const principal = fields.get("Principal") || undefined;
  // The page names no type, and events have one.
  const type = principal === undefined ? undefined : (fields.get("Type") ?? "AWS_IAM");
  return { type, principal, principalOrgID: fields.get("PrincipalOrgID") || undefined };
}

export const latticeService: HttpService<LatticeEvent, LatticeResult> = {
  name: "lattice",
  expects: "an event of VPC Lattice (method and raw_path, or version 2.0 and requestContext.serviceArn)",
  accepts: (event) => {
    const { method, raw_path, version, requestContext } = (event ?? {}) as AnyVersion;
    const isV2 = version === "2.0" && typeof requestContext?.serviceArn === "string";
    return typeof method === "string" && (typeof raw_path === "string" || isV2);
  },
  id: () => undefined,
  open: (event, setup) => new LatticeRequest(event as AnyVersion, setup),
  write: ({ status, headers, cookies: [cookie, ...cookies], body, isBase64 }) => ({
    statusCode: status,
    headers: cookie === undefined ? headers : { ...headers, "set-cookie": cookie },
    isBase64Encoded: isBase64,
    ...(cookies.length > 0 && { cookies }),
    ...(body !== undefined && { body }),
  }),
};
