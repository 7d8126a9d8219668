import type { DeadlineOptions, Kind, Payload, Schema, Source } from "@lamella/core";
import { checkSchema, singleSource, toDecode, validate } from "@lamella/core/extend";
import { rescue } from "./errors/rescue.ts";
import { toProblem } from "./errors/to-problem.ts";
import type { EventRequest } from "./request/event-request.ts";
import type { HttpRequest, HttpShape } from "./request/http-request.ts";
import type { PartDecoder, PartName } from "./request/late.ts";
import { type Finish, finishWith } from "./response/finish.ts";
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

/** How one service packs a request into its event, and wants a response packed. All else is the same for every source. */
export interface HttpService<Event, out Result> {
  readonly name: string;
  /** What it accepts, in words. */
  readonly expects: string;
  readonly accepts: (event: unknown) => boolean;
  /** The service's id of the request. */
  readonly id: (event: Event) => string;
  /** Says where in the event things are; whatever is missing in an event that `accepts` lets through, it does not throw. */
  readonly Request: new (
    event: Event,
    decoders: readonly PartDecoder<EventRequest>[],
    finish: Finish,
  ) => EventRequest;
  readonly write: (response: WireResponse) => Result;
}

/**
 * Makes the source of one service.
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 */
export function httpSource<Event, Result, Shape extends HttpShape, Response>(
  service: HttpService<Event, Result>,
  options: AnyOptions,
): Source<HttpKind<Event, Result, Shape, Response>> {
  interface ErasedKind extends Kind {
    readonly event: Event;
    readonly reply: Result;
    readonly item: EventRequest;
  }
  const { name, accepts, expects, id, Request, write } = service;
  const decoders = toDecoders(name, options);
  const finish = finishWith(options.response, `${name}({ response })`);
  const source = singleSource<ErasedKind>({
    name,
    expects,
    accepts,
    options,
    item: (event) => new Request(event, decoders, finish),
    delivery: (event) => ({ id: id(event), index: 0, source: name, attempt: undefined }),
    decode: decoders.length > 0 ? (request) => request["~decode"]() : undefined,
    finish,
    rescue,
    reply: (outcome, { method }) => {
      const wire = toWire(outcome as SealedResponse, method);
      return wire instanceof Promise ? wire.then(write) : write(wire);
    },
    refuse: (error) => {
      // Outside of the request there is no item whose failure could be reported.
      console.error(`[lamella] ${name} failed:`, error);
      return write(toWire(toProblem(error), undefined) as WireResponse);
    },
  });
  // Types are erased here, once: the request has what its schemas give.
  return source as unknown as Source<HttpKind<Event, Result, Shape, Response>>;
}

function toDecoders(source: string, { body, query, params, headers }: AnyOptions): readonly PartDecoder<EventRequest>[] {
  const decoders: PartDecoder<EventRequest>[] = [];
  const add = (name: PartName, schema: Schema<unknown> | undefined, read: (request: EventRequest) => unknown): void => {
    if (schema === undefined) return;
    checkSchema(schema, `${source}({ ${name} })`);
    decoders.push({ name, decode: (request) => validate(schema, read(request), name) });
  };
  if (body !== undefined) {
    const decode = toDecode(body, `${source}({ body })`);
    decoders.push({ name: "body", decode: (request) => decode(request["~encoded"](), "body") });
  }
  add("query", query, (request) => request["~query"]);
  add("params", params, (request) => request["~params"]);
  add("headers", headers, (request) => Object.fromEntries(request["~web"]));
  return decoders;
}
