import type { DeadlineOptions, Kind, Payload, Schema, Source } from "@lamella/core";
import { isSchema, singleSource, toDecode, validate } from "@lamella/core/extend";
import { toProblem } from "./errors/to-problem.ts";
import { EventRequest, type PartDecoders } from "./request/event-request.ts";
import type { HttpFormat } from "./request/http-format.ts";
import type { HttpRequest, HttpShape } from "./request/http-request.ts";
import type { PartDecoder, PartName } from "./request/late.ts";
import { readBody } from "./request/read-body.ts";
import { toHeaderValues } from "./request/to-headers.ts";
import { toValues } from "./request/to-values.ts";
import { finishWith } from "./response/finish.ts";
import type { SealedResponse } from "./response/http-response.ts";
import type { RepliesOf, Reply, Responses, ReturnOf } from "./response/responses.ts";
import { toWire, type WireResponse } from "./response/wire-response.ts";

/** A request as its handler gets it. */
export interface Handled<Shape extends HttpShape, Replies, Event = unknown> extends HttpRequest<Shape> {
  readonly raw: Event;
  /** Answers with a status, a body and headers, checked against the declared responses. */
  readonly reply: Reply<Replies>;
}

export interface HttpKind<Event, Result, Shape extends HttpShape, Response> extends Kind {
  readonly event: Event;
  readonly reply: Result;
  readonly item: Handled<Shape, RepliesOf<Response>, Event>;
  readonly context: unknown;
  readonly output: ReturnOf<Response>;
}

// One parameter an option, not one bag: with a bag, TypeScript checks no surplus properties, and `{ bdy: Order }` compiles.
export interface HttpOptions<Body, Query, Params, Headers, Response> extends DeadlineOptions {
  /** What the body must be: a codec, or a schema for JSON. @default the body is not read */
  readonly body?: Payload<Body> | undefined;
  /** What the query must be: a schema of an object; a repeated name has a list of strings. @default the first value of each name */
  readonly query?: Schema<Query> | undefined;
  /** What the path's parameters must be: a schema of an object of strings. @default the parameters as strings */
  readonly params?: Schema<Params> | undefined;
  /** What the headers must be: a schema of an object of strings, with names in lower case. @default any headers */
  readonly headers?: Schema<Headers> | undefined;
  /**
   * What is replied: a schema for what succeeds, or schemas by status, `null` for no body. What the schema makes of a
   * body is what is sent. Errors that are thrown need no declaration. @default anything
   */
  readonly response?: Response | undefined;
}

type AnyOptions = HttpOptions<unknown, unknown, unknown, unknown, Responses>;

/**
 * Makes the source of one service from how it packs requests and responses.
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 */
export function httpSource<Event, Result, Shape extends HttpShape, Response>(
  format: HttpFormat<Event, Result>,
  options: AnyOptions,
): Source<HttpKind<Event, Result, Shape, Response>> {
  interface ErasedKind extends Kind {
    readonly event: Event;
    readonly reply: Result;
    readonly item: EventRequest<Event>;
  }
  const { name, accepts, expects } = format;
  const decoders = toDecoders(format, options);
  const decodes = Object.values(decoders).some((decoder) => decoder !== undefined);
  const source = singleSource<ErasedKind>({
    name,
    expects,
    accepts,
    options,
    item: (event) => new EventRequest(event, format, decoders),
    delivery: (event) => ({ id: format.id(event), index: 0, source: name, attempt: undefined }),
    decode: decodes ? (request) => request["~decode"]() : undefined,
    finish: finishWith(options.response, `${name}({ response })`),
    rescue: toProblem,
    reply: (outcome, { method }) => {
      const wire = toWire(outcome as SealedResponse, method);
      return wire instanceof Promise ? wire.then(format.write) : format.write(wire);
    },
    refuse: (error) => {
      // Outside of the request there is no item whose failure could be reported.
      console.error(`[lamella] ${name} failed:`, error);
      return format.write(toWire(toProblem(error), undefined) as WireResponse);
    },
  });
  // Types are erased here, once: the request has what its schemas give.
  return source as unknown as Source<HttpKind<Event, Result, Shape, Response>>;
}

function toDecoders<Event>(format: HttpFormat<Event, unknown>, { body, query, params, headers }: AnyOptions): PartDecoders {
  const decodeBody = body === undefined ? undefined : toDecode(body, `${format.name}({ body })`);
  return {
    body: decodeBody && { name: "body", decode: (event: Event) => decodeBody(readBody(format, event), "body") },
    query: partOf(format, "query", query, format.query),
    params: partOf(format, "params", params, (event) => toValues(format.params(event))),
    headers: partOf(format, "headers", headers, (event) => toHeaderValues(format.headers(event))),
  };
}

function partOf<Event>(
  format: HttpFormat<Event, unknown>,
  name: PartName,
  schema: Schema<unknown> | undefined,
  read: (event: Event) => unknown,
): PartDecoder | undefined {
  if (schema === undefined) return undefined;
  if (!isSchema(schema))
    throw new TypeError(`${format.name}({ ${name} }) must be a Standard Schema (Zod, Valibot, ArkType, …), got ${typeof schema}`);
  return { name, decode: (event: Event) => validate(schema, read(event), name) };
}
