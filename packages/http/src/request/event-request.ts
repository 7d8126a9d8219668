import { hasCode, PayloadError } from "@lamella/core";
import type { Finish } from "../response/finish.ts";
import type { HeaderFields } from "../response/header-fields.ts";
import { type HttpBody, SealedResponse } from "../response/http-response.ts";
import { reply } from "../response/reply.ts";
import type { HttpRequest, Values } from "./http-request.ts";
import { Late, type PartDecoder, type PartName } from "./late.ts";
import { type IncomingHeaders, toHeaders } from "./to-headers.ts";
import { toUrl } from "./to-url.ts";
import { type Listed, toCookies, toValues } from "./to-values.ts";

/**
 * A request that came as an event: each service's own class says where in the event things are. Most handlers read the
 * body and no more, so all else is made when it is read.
 */
export abstract class EventRequest<Event = unknown> implements HttpRequest {
  readonly raw: Event;
  /** Makes what a handler returns, or a layer answers, into the response. */
  readonly "~finish": Finish;
  /** The response that was made of an error, with what layers did to it, and the error. */
  "~rescued": { readonly error: unknown; readonly response: SealedResponse } | undefined;
  readonly #parts: readonly Late<EventRequest>[];
  #headers: Headers | undefined;
  #url: URL | undefined;
  #query: Values | undefined;
  #params: Values | undefined;
  #cookies: Values | undefined;

  constructor(raw: Event, decoders: readonly PartDecoder<EventRequest>[], finish: Finish) {
    this.raw = raw;
    this["~finish"] = finish;
    this.#parts = decoders.map((decoder) => new Late(decoder));
  }

  abstract get method(): string;
  abstract get path(): string;
  abstract get clientIp(): string | undefined;
  abstract get stage(): string | undefined;
  /** The host that the client asked. */
  abstract get "~host"(): string | null | undefined;
  /** The query as text, encoded, without the question mark. */
  abstract get "~search"(): string;
  /** The query, decoded once: a value a name, and a list for a name that is repeated. */
  abstract get "~query"(): Listed;
  /** The parameters of the path, decoded once. */
  abstract get "~params"(): Listed;
  /** All headers, `cookie` among them in lower case. */
  abstract get "~headers"(): IncomingHeaders;
  /** The body as it stands in the event. */
  abstract get "~body"(): unknown;
  abstract get "~isBase64"(): boolean;

  get url(): URL {
    this.#url ??= toUrl(this["~host"], this.path, this["~search"]);
    return this.#url;
  }

  get headers(): Headers {
    // Never throws: a layer that looks at the origin stands around invalid requests, too, and those are refused later.
    const part = this.#part("headers")?.start(this);
    if (part?.state === "ready") addValues(this["~web"], part.held);
    return this["~web"];
  }

  /** The headers without what a schema makes of them. */
  get "~web"(): Headers {
    this.#headers ??= toHeaders(this["~headers"]);
    return this.#headers;
  }

  get query(): unknown {
    const part = this.#part("query");
    if (part !== undefined) return part.read(this);
    this.#query ??= toValues(this["~query"]);
    return this.#query;
  }

  get params(): unknown {
    const part = this.#part("params");
    if (part !== undefined) return part.read(this);
    this.#params ??= toValues(this["~params"]);
    return this.#params;
  }

  get body(): unknown {
    return this.#part("body")?.read(this);
  }

  get cookies(): Values {
    this.#cookies ??= toCookies(this["~headers"]["cookie"] ?? "");
    return this.#cookies;
  }

  get text(): () => string {
    return () => Buffer.from(this["~encoded"]()).toString();
  }

  get bytes(): () => Uint8Array {
    // Copied: small buffers are slices of a pool that other data is in.
    return () => new Uint8Array(Buffer.from(this["~encoded"]()));
  }

  /** A response of its parts, as a store has kept them: it was checked when it was first made. */
  "~respond"(status: number, body: HttpBody, fields: HeaderFields): SealedResponse {
    return new SealedResponse(status, body, fields);
  }

  get reply(): typeof reply {
    return reply;
  }

  /**
   * The body as it was sent: text, or bytes where the service sent base64. Empty text when there is none, because
   * services leave an empty body out.
   *
   * @throws {PayloadError} When the event's body is no text, as in an event made by hand.
   */
  "~encoded"(): string | Uint8Array {
    const body = this["~body"] ?? "";
    if (typeof body !== "string") throw new PayloadError({ part: "body", problem: `is of type ${typeof body}, where text was expected` });
    return this["~isBase64"] ? new Uint8Array(Buffer.from(body, "base64")) : body;
  }

  /**
   * Decodes every part that has a schema, so that one reply tells all that is wrong.
   *
   * @throws {PayloadError} When a part does not fit.
   */
  "~decode"(): this | Promise<this> {
    for (const part of this.#parts) part.start(this);
    const pending = this.#parts.filter(({ state }) => state === "pending");
    return pending.length === 0 ? this.#checked() : Promise.all(pending.map(({ held }) => held)).then(() => this.#checked());
  }

  #part(name: PartName): Late<EventRequest> | undefined {
    return this.#parts.find((part) => part.name === name);
  }

  #checked(): this {
    const failed = this.#parts.filter(({ state }) => state === "failed").map(({ held }) => held);
    if (failed.length === 0) return this;
    // A schema that throws is no fault of the client's, and comes first.
    const own = failed.find((error) => !hasCode(error, "LAMELLA_PAYLOAD"));
    throw own ?? (failed.length === 1 ? failed[0] : joined(failed as PayloadError[]));
  }
}

/** One error of several, whose paths begin with the part. */
function joined(errors: readonly PayloadError[]): PayloadError {
  return new PayloadError({
    part: "request",
    problem: `does not fit in ${errors.map(({ part }) => part).join(", ")}`,
    issues: errors.flatMap(({ part, issues }) => issues.map((issue) => ({ ...issue, path: [part, ...(issue.path ?? [])] }))),
  });
}

/** Puts what a schema made of the headers on the `Headers`, but not over its methods, which layers call. */
function addValues(headers: Headers, values: unknown): void {
  for (const [name, value] of Object.entries(values ?? {})) {
    if (!(name in headers)) (headers as unknown as Record<string, unknown>)[name] = value;
  }
}
