import type { CloudFrontOrigin, CloudFrontRequestEvent, CloudFrontResponseEvent } from "aws-lambda";
import type { EdgeEventType, HeaderChanges } from "./edge-limits.ts";

/** A request at the edge, and in response events the one that was answered. */
export interface EdgeRequest {
  readonly method: string;
  /** The path, percent-encoded. */
  readonly uri: string;
  readonly querystring: string;
  readonly query: URLSearchParams;
  /** The headers, to read; changes to them go nowhere. */
  readonly headers: Headers;
  readonly clientIp: string;
  /** The body; `undefined` where there is none, and without the association's option Include body. */
  readonly body: Uint8Array | undefined;
  /** Whether CloudFront has cut the body off, at 40 KB for viewer requests and 1 MB for origin requests. */
  readonly isBodyTruncated: boolean;
  /** Of origin events only. */
  readonly origin: CloudFrontOrigin | undefined;
}

export interface EdgeEvent<Type extends EdgeEventType, Event> {
  readonly type: Type;
  readonly distributionId: string;
  readonly distributionDomainName: string;
  /** CloudFront's id of the request. */
  readonly requestId: string;
  /** The event as CloudFront sent it. */
  readonly raw: Event;
}

/**
 * A viewer's or an origin's request.
 *
 * AWS: "Lambda@Edge event structure".
 */
export interface EdgeRequestItem<Type extends EdgeEventType> extends EdgeRequest, EdgeEvent<Type, CloudFrontRequestEvent> {}

/**
 * A response to the viewer, or of the origin.
 *
 * AWS: "Lambda@Edge event structure".
 */
export interface EdgeResponseItem<Type extends EdgeEventType> extends EdgeEvent<Type, CloudFrontResponseEvent> {
  readonly status: number;
  /** The response's headers, to read; changes to them go nowhere. */
  readonly headers: Headers;
  readonly request: EdgeRequest;
}

/** A response that the handler makes, so that CloudFront goes no further. */
export interface EdgeReply {
  /** From 200 to 599. */
  readonly status: number;
  readonly statusDescription?: string | undefined;
  readonly headers?: HeaderChanges | undefined;
  readonly body?: string | Uint8Array | undefined;
}

/** What the handler changes of the request before CloudFront goes on with it. */
export interface EdgeRequestChange {
  readonly status?: undefined;
  /** A path that starts with a slash. */
  readonly uri?: string | undefined;
  readonly querystring?: string | URLSearchParams | undefined;
  readonly headers?: HeaderChanges | undefined;
  /** Replaces the body; the association needs the option Include body. */
  readonly body?: string | Uint8Array | undefined;
}

export interface OriginRequestChange extends EdgeRequestChange {
  readonly origin?: CloudFrontOrigin | undefined;
}

/** What the handler changes of a response to a viewer: its headers alone. */
export interface ViewerResponseChange {
  readonly headers?: HeaderChanges | undefined;
}

/** What the handler changes of an origin's response. A body replaces the origin's, which a function cannot read. */
export interface OriginResponseChange extends ViewerResponseChange {
  /** From 200 to 599. */
  readonly status?: number | undefined;
  readonly statusDescription?: string | undefined;
  readonly body?: string | Uint8Array | undefined;
}
