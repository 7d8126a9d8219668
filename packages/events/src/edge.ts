import type { DeadlineOptions, Kind, Source } from "@lamella/core";
import { mustBe, type OutputOutcome, singleSource, toOutcome } from "@lamella/core/extend";
import type { CloudFrontRequest, CloudFrontRequestEvent, CloudFrontResponseEvent, CloudFrontResultResponse } from "aws-lambda";
import { changeRequest, changeResponse, makeResponse } from "./edge/edge-changes.ts";
import { type AnyEvent, RequestItem, ResponseItem, recordOf } from "./edge/edge-items.ts";
import { type EdgeEventType, refusal } from "./edge/edge-limits.ts";
import type {
  EdgeReply,
  EdgeRequestChange,
  EdgeRequestItem,
  EdgeResponseItem,
  OriginRequestChange,
  OriginResponseChange,
  ViewerResponseChange,
} from "./edge/edge-types.ts";
import { textOf } from "./internal/fields.ts";
import { isObject } from "./internal/is-object.ts";

// AWS's types, or users' declarations could not name them.
export type {
  CloudFrontOrigin,
  CloudFrontRequest,
  CloudFrontRequestEvent,
  CloudFrontResponse,
  CloudFrontResponseEvent,
  CloudFrontResultResponse,
} from "aws-lambda";
export type { EdgeEventType, HeaderChanges } from "./edge/edge-limits.ts";
export type {
  EdgeEvent,
  EdgeReply,
  EdgeRequest,
  EdgeRequestChange,
  EdgeRequestItem,
  EdgeResponseItem,
  OriginRequestChange,
  OriginResponseChange,
  ViewerResponseChange,
} from "./edge/edge-types.ts";

export interface RequestKind<Type extends EdgeEventType, Change> extends Kind {
  readonly event: CloudFrontRequestEvent;
  readonly reply: CloudFrontRequest | CloudFrontResultResponse;
  readonly item: EdgeRequestItem<Type>;
  readonly context: unknown;
  readonly output: EdgeReply | Change | undefined | void;
}

export interface ResponseKind<Type extends EdgeEventType, Change> extends Kind {
  readonly event: CloudFrontResponseEvent;
  readonly reply: CloudFrontResultResponse;
  readonly item: EdgeResponseItem<Type>;
  readonly context: unknown;
  readonly output: Change | undefined | void;
}

/** The types of a source at the edge, by the type of its event. */
export interface EdgeKinds {
  readonly "viewer-request": RequestKind<"viewer-request", EdgeRequestChange>;
  readonly "origin-request": RequestKind<"origin-request", OriginRequestChange>;
  readonly "origin-response": ResponseKind<"origin-response", OriginResponseChange>;
  readonly "viewer-response": ResponseKind<"viewer-response", ViewerResponseChange>;
}

const types: readonly string[] = ["viewer-request", "origin-request", "origin-response", "viewer-response"] satisfies EdgeEventType[];

/**
 * The source for Lambda@Edge, for one type of CloudFront's events. A handler returns what it changes; for requests it may
 * return a response instead, which has a `status`. What it leaves out stays, and with nothing CloudFront goes on.
 *
 * What CloudFront would answer with a 502 (headers that may not be set, bodies that are too large) rejects with
 * `OutputError`, which says what is wrong; the viewer gets a 502 or 503 then as well.
 *
 * AWS: "Customize at the edge with Lambda@Edge", "Restrictions on all edge functions".
 *
 * @throws {TypeError} At load, when there is no such type.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(edge("viewer-request"), async ({ uri, headers }) => {
 *   if (headers.get("authorization") === null) return { status: 401, headers: { "www-authenticate": "Basic" } };
 *   if (uri.endsWith("/")) return { uri: `${uri}index.html` };
 * });
 */
export function edge<Type extends EdgeEventType>(type: Type, options: DeadlineOptions = {}): Source<EdgeKinds[Type]> {
  mustBe(types.includes(type), "edge(type)", `one of ${types.join(", ")}`, type);
  const isRequest = type.endsWith("-request");
  const source = singleSource<AnyKind, Item>({
    name: "edge",
    expects: `CloudFront's ${type} event (one record, cf.config.eventType is "${type}")`,
    accepts: (event) => {
      const records = isObject(event) ? event["Records"] : undefined;
      if (!Array.isArray(records) || records.length !== 1) return false;
      const [record] = records as readonly unknown[];
      const cf = isObject(record) ? record["cf"] : undefined;
      if (!isObject(cf) || !isObject(cf["config"]) || cf["config"]["eventType"] !== type) return false;
      return isObject(cf["request"]) && (isRequest || isObject(cf["response"]));
    },
    options,
    item: (raw) => (isRequest ? new RequestItem(raw, type) : new ResponseItem(raw, type)),
    delivery: (raw) => ({ id: textOf(recordOf(raw).config.requestId), index: 0, source: "edge", attempt: undefined }),
    finish: (returned, { raw }) => {
      if (returned !== undefined && returned !== null && !isObject(returned)) throw refusal("reply", `is of type ${typeof returned}`);
      const { request, response } = recordOf(raw);
      if (response !== undefined && !isRequest) return toOutcome(changeResponse(type, response, returned ?? {}));
      const said = (returned ?? {}) as EdgeReply | OriginRequestChange;
      return toOutcome(said.status === undefined ? changeRequest(type, request, said) : makeResponse(type, said));
    },
    reply: (outcome) => (outcome as OutputOutcome).output,
  });
  // Types are erased here, once: `accepts` lets through events of this type alone.
  return source as unknown as Source<EdgeKinds[Type]>;
}

interface AnyKind extends Kind {
  readonly event: AnyEvent;
  readonly item: Item;
}

type Item = RequestItem | ResponseItem;
