import type { DeadlineOptions, Kind, Payload, Schema, Source } from "@lamella/core";
import { mustBe, type SingleDefinition, singleSource } from "@lamella/core/extend";
import { rescue } from "./errors/rescue.ts";
import { toProblem } from "./errors/to-problem.ts";
import type { EventRequest, RequestSetup } from "./request/event-request.ts";
import type { HttpRequest, HttpShape } from "./request/http-request.ts";
import { toParts } from "./request/to-parts.ts";
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
/** What is declared of requests and responses, of a source or of a route. */
export interface RouteOptions<Body, Query, Params, Headers, Cookies, Response> {
  /** What the body must be: a codec, or a schema for JSON. @default the body is not read */
  readonly body?: Payload<Body> | undefined;
  /**
   * What the query must be: a schema of an object. A name that comes once is a string and a repeated one a list of strings;
   * one that the schema declares as a list is always a list, if the schema can tell by Standard JSON Schema, as those of Zod
   * and ArkType can. @default the first value of each name
   */
  readonly query?: Schema<Query> | undefined;
  /** What the path's parameters must be: a schema of an object of strings. @default the parameters as strings */
  readonly params?: Schema<Params> | undefined;
  /** What the headers must be: a schema of an object of strings, with names in lower case. @default any headers */
  readonly headers?: Schema<Headers> | undefined;
  /** What the cookies must be: a schema of an object of strings; one that gives an object. @default the first value of each name */
  readonly cookies?: Schema<Cookies> | undefined;
  /**
   * What is replied: a schema for what succeeds, or schemas by status, `null` for no body. What the schema makes of a
   * body is what is sent. Errors that are thrown need no declaration. @default anything
   */
  readonly response?: Response | undefined;
}

export interface HttpOptions<Body, Query, Params, Headers, Cookies, Response>
  extends DeadlineOptions,
    RouteOptions<Body, Query, Params, Headers, Cookies, Response> {}

/** The options of a service that has stages. */
export interface StagedHttpOptions<Body, Query, Params, Headers, Cookies, Response>
  extends HttpOptions<Body, Query, Params, Headers, Cookies, Response> {
  /** Leaves the stage out of `path` and `url`, where the service puts it in front. @default false */
  readonly stripStage?: boolean | undefined;
}

type AnyOptions = StagedHttpOptions<unknown, unknown, unknown, unknown, unknown, Responses>;

/** How one service packs a request into its event, and wants a response packed. All else is the same for every source. */
export interface HttpService<Event, out Result> {
  readonly name: string;
  /** What it accepts, in words. */
  readonly expects: string;
  readonly accepts: (event: unknown) => boolean;
  /** The service's id of the request, if it has one. */
  readonly id: (event: Event) => string | undefined;
  /** Says where in the event things are; whatever is missing in an event that `accepts` lets through, it does not throw. */
  readonly open: (event: Event, setup: RequestSetup) => EventRequest;
  readonly write: (response: WireResponse, event: Event) => Result;
  /** Whether the service can take a response as a stream. @default false */
  readonly streams?: boolean | undefined;
}

export interface ErasedKind extends Kind {
  readonly event: never;
  readonly item: EventRequest;
}

/** What a source of one HTTP service shows to `stream`. */
export interface HttpSource {
  readonly "~http": {
    readonly service: Pick<HttpService<never, unknown>, "streams"> & { readonly write: (response: WireResponse, event: unknown) => object };
    readonly definition: SingleDefinition<ErasedKind, EventRequest>;
  };
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
  const { name, accepts, expects, id, open, write } = service;
  const { response, stripStage = false } = options;
  mustBe(typeof stripStage === "boolean", `${name}({ stripStage })`, "true or false", stripStage);
  const parts = toParts(name, options);
  const finish = finishWith(response, `${name}({ response })`);
  const setup: RequestSetup = { ...parts, finish, stripStage };
  const definition: SingleDefinition<ErasedKind, EventRequest> = {
    name,
    expects,
    accepts,
    options,
    item: (event) => open(event, setup),
    delivery: (event, { awsRequestId }) => ({ id: id(event) ?? awsRequestId ?? "", index: 0, source: name, attempt: undefined }),
    decode: parts.declared.length > 0 ? (request) => request["~decode"]() : undefined,
    finish,
    rescue,
    reply: (outcome, { method, raw }) => {
      const wire = toWire(outcome as SealedResponse, method);
      return wire instanceof Promise ? wire.then((packed) => write(packed, raw as Event)) : write(wire, raw as Event);
    },
    refuse: (error, event) => write(toWire(toProblem(error), undefined) as WireResponse, event),
  };
  const source = Object.assign(singleSource(definition), { "~http": { service, definition } });
  // Types are erased here, once: the request has what its schemas give.
  return source as unknown as Source<HttpKind<Event, Result, Shape, Response>>;
}
