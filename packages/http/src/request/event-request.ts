import { hasCode, type PayloadError } from "@lamella/core";
import { RequestPayloadError } from "../errors/request-payload-error.ts";
import { reply } from "../response/reply.ts";
import type { HttpFormat } from "./http-format.ts";
import type { HttpRequest, Values } from "./http-request.ts";
import { Late, type PartDecoder, type PartName } from "./late.ts";
import { readBody } from "./read-body.ts";
import { toHeaders } from "./to-headers.ts";
import { toUrl } from "./to-url.ts";
import { toCookies, toValues } from "./to-values.ts";

/** The decoders of the parts that have one. */
export type PartDecoders = { readonly [Name in PartName]: PartDecoder | undefined };

/** A request that came as an event. Most handlers read the body and no more, so all else is made when it is read. */
export class EventRequest<Event> implements HttpRequest {
  readonly raw: Event;
  readonly #format: HttpFormat<Event, unknown>;
  readonly #lateBody: Late | undefined;
  readonly #lateQuery: Late | undefined;
  readonly #lateParams: Late | undefined;
  readonly #lateHeaders: Late | undefined;
  #headers: Headers | undefined;
  #url: URL | undefined;
  #query: Values | undefined;
  #params: Values | undefined;
  #cookies: Values | undefined;

  constructor(raw: Event, format: HttpFormat<Event, unknown>, { body, query, params, headers }: PartDecoders) {
    this.raw = raw;
    this.#format = format;
    this.#lateBody = body && new Late(body);
    this.#lateQuery = query && new Late(query);
    this.#lateParams = params && new Late(params);
    this.#lateHeaders = headers && new Late(headers);
  }

  get method(): string {
    return this.#format.method(this.raw);
  }

  get path(): string {
    return this.#format.path(this.raw);
  }

  get url(): URL {
    this.#url ??= toUrl(this.#format.host(this.raw), this.path, this.#format.search(this.raw));
    return this.#url;
  }

  get headers(): Headers {
    // Never throws: a layer that checks an origin stands around invalid requests, too, and those are refused later.
    this.#headers ??= toHeaders(this.#format.headers(this.raw));
    const late = this.#lateHeaders;
    if (late !== undefined && !this.#typed) {
      late.start(this.raw);
      if (late.state === "ready") {
        this.#typed = true;
        addValues(this.#headers, late.held);
      }
    }
    return this.#headers;
  }
  #typed = false;

  get query(): unknown {
    if (this.#lateQuery !== undefined) return this.#lateQuery.read(this.raw);
    this.#query ??= toValues(this.#format.query(this.raw));
    return this.#query;
  }

  get params(): unknown {
    if (this.#lateParams !== undefined) return this.#lateParams.read(this.raw);
    this.#params ??= toValues(this.#format.params(this.raw));
    return this.#params;
  }

  get body(): unknown {
    return this.#lateBody?.read(this.raw);
  }

  get cookies(): Values {
    this.#cookies ??= toCookies(this.#format.cookies(this.raw));
    return this.#cookies;
  }

  get clientIp(): string | undefined {
    return this.#format.clientIp(this.raw);
  }

  get stage(): string | undefined {
    return this.#format.stage(this.raw);
  }

  get text(): () => string {
    return () => {
      const body = readBody(this.#format, this.raw);
      return typeof body === "string" ? body : new TextDecoder().decode(body);
    };
  }

  get bytes(): () => Uint8Array {
    return () => {
      const body = readBody(this.#format, this.raw);
      return typeof body === "string" ? new TextEncoder().encode(body) : body;
    };
  }

  get reply(): typeof reply {
    return reply;
  }

  /**
   * Decodes every part that has a schema, so that one reply tells all that is wrong.
   *
   * @throws {PayloadError} When a part does not fit.
   */
  "~decode"(): this | Promise<this> {
    const parts: Late[] = [];
    for (const late of [this.#lateBody, this.#lateQuery, this.#lateParams, this.#lateHeaders]) {
      if (late === undefined) continue;
      late.start(this.raw);
      parts.push(late);
    }
    if (parts.some(({ state }) => state === "pending")) {
      return Promise.all(parts.map(({ held, state }) => (state === "pending" ? held : undefined))).then(() => this.#checked(parts));
    }
    return this.#checked(parts);
  }

  #checked(parts: readonly Late[]): this {
    const failed = parts.filter(({ state }) => state === "failed").map(({ held }) => held);
    if (failed.length === 0) return this;
    // A schema that throws is no fault of the client's, and comes first.
    const own = failed.findIndex((error) => !hasCode(error, "LAMELLA_PAYLOAD"));
    if (own !== -1) throw failed[own];
    throw failed.length === 1 ? failed[0] : new RequestPayloadError(failed as PayloadError[]);
  }
}

/** Puts what a schema made of the headers on the `Headers`, but not over its methods, which layers call. */
function addValues(headers: Headers, values: unknown): void {
  if (typeof values !== "object" || values === null) return;
  for (const [name, value] of Object.entries(values)) {
    if (!(name in headers)) Object.defineProperty(headers, name, { value, enumerable: true, configurable: true });
  }
}
