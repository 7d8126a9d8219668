import { hasCode, PayloadError, PayloadNotReadyError } from "@lamella/core";
import type { Finish } from "../response/finish.ts";
import type { HeaderFields } from "../response/header-fields.ts";
import { type HttpBody, SealedResponse } from "../response/http-response.ts";
import { type HeaderValues, reply } from "../response/reply.ts";
import { makeResponse } from "../response/to-response.ts";
import type { Auth } from "./auth.ts";
import { MEDIA } from "./check-media.ts";
import type { HttpRequest, NamedValues } from "./http-request.ts";
import { Late, type PartName, type ReadPart } from "./late.ts";
import { RequestHeaders } from "./request-headers.ts";
import { toUrl } from "./to-url.ts";
import type { Listed } from "./to-values.ts";

/** What all requests of one source have in common. */
export interface RequestSetup {
  /** How each part is read, with its schema if there is one. */
  readonly parts: Readonly<Record<PartName, ReadPart<EventRequest>>>;
  /** The parts that have a schema: those must fit before the handler is called. */
  readonly declared: readonly PartName[];
  /** Makes what a handler returns, or a layer answers, into the response. */
  readonly finish: Finish;
  /** Whether the path is without the stage. */
  readonly stripStage: boolean;
}

/**
 * A request that came as an event: each service's own class says where in the event things are. Most handlers read the
 * body and no more, so all else is made when it is read.
 */
export abstract class EventRequest<Event = unknown> implements HttpRequest {
  readonly raw: Event;
  "~setup": RequestSetup;
  /** What was read of the parts. */
  "~parts": Partial<Record<PartName, Late<EventRequest>>> = {};
  /** The parameters that a router has matched, decoded. */
  "~matched": Listed | undefined;
  route: string | undefined;
  /** The response that was made of an error, with what layers did to it, and the error. */
  "~rescued": { readonly error: unknown; readonly response: SealedResponse } | undefined;
  /** What layers put on every response, on those of errors that come later as well. */
  "~stamps": ((headers: Headers) => void)[] | undefined;
  /** The layers that stand before all others, while they do. */
  "~outermost": Set<unknown> | undefined;
  #headers: Headers | undefined;
  #url: URL | undefined;

  constructor(raw: Event, setup: RequestSetup) {
    this.raw = raw;
    this["~setup"] = setup;
  }

  abstract get method(): string;
  abstract get path(): string;
  abstract get clientIp(): string | undefined;
  /** The query as text, encoded, without the question mark. */
  abstract get "~search"(): string;
  /** The query, decoded once: a value a name, and a list for a name that is repeated. */
  abstract get "~query"(): Listed;
  /** All headers, names in any case. */
  abstract get "~headers"(): Listed;
  /** The body as it stands in the event. */
  abstract get "~body"(): unknown;
  abstract get "~isBase64"(): boolean;

  // What only some services tell.

  get stage(): string | undefined {
    return undefined;
  }

  get auth(): Auth | undefined {
    return undefined;
  }

  /** The host that the client asked. */
  get "~host"(): unknown {
    return this["~web"].get("host");
  }

  /** Whether the client came without TLS. */
  get "~isPlain"(): boolean {
    return false;
  }

  /** The parameters of the path, decoded once. */
  get "~params"(): Listed {
    return {};
  }

  /** What the service has matched, such as `/orders/{id}`, where the function is one route of many. */
  get "~pattern"(): string | undefined {
    return undefined;
  }

  /** Whether the service has decoded the path. */
  get "~isClear"(): boolean {
    return false;
  }

  /** The `cookie` header. */
  get "~cookie"(): string {
    return this["~web"].get("cookie") ?? "";
  }

  get url(): URL {
    return (this.#url ??= toUrl(this["~isPlain"], this["~host"], this.path, this["~search"]));
  }

  get headers(): Headers {
    // Never throws: a layer that looks at the origin stands around invalid requests, too, and those are refused later.
    const { state, held } = this.#part("headers");
    if (state === "ready") addValues(this["~web"], held);
    return this["~web"];
  }

  /** The headers without what a schema makes of them. */
  get "~web"(): Headers {
    return (this.#headers ??= new RequestHeaders(this["~headers"]));
  }

  get query(): unknown {
    return this.#read("query");
  }

  get params(): unknown {
    return this.#read("params");
  }

  get body(): unknown {
    return this.#read("body");
  }

  get cookies(): NamedValues {
    return this.#read("cookies") as NamedValues;
  }

  get text(): () => string {
    return () => Buffer.from(this["~encoded"]()).toString();
  }

  get bytes(): () => Uint8Array<ArrayBuffer> {
    // Copied: small buffers are slices of a pool that other data is in.
    return () => new Uint8Array(Buffer.from(this["~encoded"]()));
  }

  get toRequest(): () => Request {
    return () => {
      const { method } = this;
      const bytes = this.bytes();
      const headers = new Headers(this["~web"]);
      if (headers.has("content-length")) headers.set("content-length", String(bytes.length));
      try {
        return new Request(this.url, { method, headers, body: bytes.length === 0 || /^(GET|HEAD)$/i.test(method) ? null : bytes });
      } catch (cause) {
        throw new PayloadError({ part: "method", problem: "is one that no web Request may have", cause });
      }
    };
  }

  /** A response of its parts, as a store has kept them: it was checked when it was first made. */
  "~restore"(status: number, body: HttpBody, fields: HeaderFields): SealedResponse {
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
    let isReady = true;
    for (const name of this["~setup"].declared) isReady = this.#part(name).state === "ready" && isReady;
    return isReady ? this : this.#settled(this["~setup"].declared.map((name) => this.#part(name)));
  }

  /** A response that the declared ones do not bind: for what layers answer that were written for other libraries. */
  "~respond"(status: number, body: unknown, headers: HeaderValues): SealedResponse {
    return makeResponse(status, body, headers);
  }

  #part(name: PartName): Late<EventRequest> {
    return (this["~parts"][name] ??= new Late<EventRequest>(this["~setup"].parts[name], this));
  }

  /**
   * @throws {PayloadError} When the part does not fit.
   * @throws {PayloadNotReadyError} When an asynchronous schema is not done with it.
   */
  #read(name: PartName): unknown {
    const { state, held } = this.#part(name);
    if (state === "ready") return held;
    throw state === "failed" ? held : new PayloadNotReadyError(name);
  }

  #settled(parts: readonly Late<EventRequest>[]): this | Promise<this> {
    if (parts.some(({ state }) => state === "pending")) return Promise.all(parts.map(({ held }) => held)).then(() => this.#settled(parts));
    const failed = parts.filter(({ state }) => state === "failed").map(({ held }) => held);
    if (failed.length === 0) return this;
    // A schema that throws is no fault of the client's, and comes first; of a body of another type there is no more to tell.
    const own = failed.find((error) => !hasCode(error, "LAMELLA_PAYLOAD") || (error as PayloadError).part === MEDIA);
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
