import type { Source } from "@lamella/core";
import {
  albEvent,
  albResponse,
  functionUrlEvent,
  type HttpEventInput,
  httpApiEvent,
  httpApiResponse,
  latticeEvent,
  latticeResponse,
  restApiEvent,
  restApiResponse,
} from "@lamella/testing";
import { alb, functionUrl, type HttpKind, http, httpApi, lattice, restApi, type Shaped, type Values } from "../../src/index.ts";

export type ServiceName =
  | "REST API"
  | "HTTP API 1.0"
  | "HTTP API 2.0"
  | "function URL"
  | "ALB, single values"
  | "ALB, multi values"
  | "Lattice 1"
  | "Lattice 2";

type AnySource = Source<HttpKind<unknown, unknown, Shaped<undefined, Values, Values, {}>, never>>;

/** One HTTP service: how it packs a request, what its clients see of a reply, and which source opens it. */
export interface Service {
  readonly name: ServiceName;
  readonly toEvent: (input: HttpEventInput) => Record<string, unknown>;
  readonly toResponse: (reply: never) => Response;
  /** Types are erased here: the table runs one handler behind all of them. The option is for those that have stages. */
  readonly source: (options?: { readonly stripStage: boolean }) => AnySource;
  /** Whether it can take a response as a stream. */
  readonly streams?: boolean;
}

const restReply = restApiResponse as (reply: never) => Response;
const payload2Reply = httpApiResponse as (reply: never) => Response;
const latticeReply = latticeResponse as (reply: never) => Response;
const erased = (source: unknown) => source as AnySource;
const plain = (event: object) => structuredClone(event) as Record<string, unknown>;

export const services: readonly Service[] = [
  {
    name: "REST API",
    toEvent: (input) => plain(restApiEvent(input)),
    toResponse: restReply,
    source: (options) => erased(restApi(options)),
    streams: true,
  },
  {
    name: "HTTP API 1.0",
    toEvent: (input) => plain(restApiEvent({ ...input, fromHttpApi: true, stage: "$default" })),
    toResponse: restReply,
    source: (options) => erased(restApi(options)),
  },
  {
    name: "HTTP API 2.0",
    toEvent: (input) => plain(httpApiEvent(input)),
    toResponse: payload2Reply,
    source: (options) => erased(httpApi(options)),
  },
  {
    name: "function URL",
    toEvent: (input) => plain(functionUrlEvent(input)),
    toResponse: payload2Reply,
    source: () => erased(functionUrl()),
    streams: true,
  },
  {
    name: "ALB, single values",
    toEvent: (input) => plain(albEvent(input)),
    toResponse: (reply) => albResponse(reply, false),
    source: () => erased(alb()),
  },
  {
    name: "ALB, multi values",
    toEvent: (input) => plain(albEvent({ ...input, multiValue: true })),
    toResponse: (reply) => albResponse(reply, true),
    source: () => erased(alb()),
  },
  {
    name: "Lattice 1",
    toEvent: (input) => plain(latticeEvent({ ...input, version: 1 })),
    toResponse: latticeReply,
    source: () => erased(lattice()),
  },
  { name: "Lattice 2", toEvent: (input) => plain(latticeEvent(input)), toResponse: latticeReply, source: () => erased(lattice()) },
];

/** The source that takes the events of all of them. */
export const anySource: Service["source"] = (options) => erased(http(options));
