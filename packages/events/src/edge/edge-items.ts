import type {
  CloudFrontHeaders,
  CloudFrontOrigin,
  CloudFrontRequest,
  CloudFrontRequestEvent,
  CloudFrontResponse,
  CloudFrontResponseEvent,
} from "aws-lambda";
import { textOf } from "../internal/fields.ts";
import { isObject } from "../internal/is-object.ts";
import type { EdgeEventType } from "./edge-limits.ts";
import type { EdgeRequest } from "./edge-types.ts";

export type AnyEvent = CloudFrontRequestEvent | CloudFrontResponseEvent;

export interface Cf {
  readonly config: CloudFrontRequestEvent["Records"][0]["cf"]["config"];
  readonly request: CloudFrontRequest;
  readonly response?: CloudFrontResponse;
}

export function recordOf({ Records: [record] }: AnyEvent): Cf {
  // `accepts` lets through events of one record alone.
  return (record as { readonly cf: Cf }).cf;
}

// AWS's types promise members that events made by hand lack, so every one is read with care.
class Request implements EdgeRequest {
  readonly #request: CloudFrontRequest;
  #headers: Headers | undefined;

  constructor(request: CloudFrontRequest) {
    this.#request = request;
  }

  get method(): string {
    return textOf(this.#request.method, "GET");
  }

  get uri(): string {
    return textOf(this.#request.uri, "/");
  }

  get querystring(): string {
    return textOf(this.#request.querystring);
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.querystring);
  }

  get headers(): Headers {
    return (this.#headers ??= toHeaders(this.#request.headers));
  }

  get clientIp(): string {
    return textOf(this.#request.clientIp);
  }

  get body(): Uint8Array | undefined {
    const { body } = this.#request;
    const data = textOf(body?.data);
    return data === "" ? undefined : Buffer.from(data, body?.encoding === "text" ? "utf8" : "base64");
  }

  get isBodyTruncated(): boolean {
    return this.#request.body?.inputTruncated === true;
  }

  get origin(): CloudFrontOrigin | undefined {
    return this.#request.origin;
  }
}

export class RequestItem extends Request {
  readonly raw: AnyEvent;
  readonly type: EdgeEventType;

  constructor(raw: AnyEvent, type: EdgeEventType) {
    super(recordOf(raw).request);
    this.raw = raw;
    this.type = type;
  }

  get distributionId(): string {
    return textOf(recordOf(this.raw).config.distributionId);
  }

  get distributionDomainName(): string {
    return textOf(recordOf(this.raw).config.distributionDomainName);
  }

  get requestId(): string {
    return textOf(recordOf(this.raw).config.requestId);
  }
}

export class ResponseItem {
  readonly raw: AnyEvent;
  readonly type: EdgeEventType;
  readonly request: EdgeRequest;
  #headers: Headers | undefined;

  constructor(raw: AnyEvent, type: EdgeEventType) {
    this.raw = raw;
    this.type = type;
    this.request = new Request(recordOf(raw).request);
  }

  get distributionId(): string {
    return textOf(recordOf(this.raw).config.distributionId);
  }

  get distributionDomainName(): string {
    return textOf(recordOf(this.raw).config.distributionDomainName);
  }

  get requestId(): string {
    return textOf(recordOf(this.raw).config.requestId);
  }

  get status(): number {
    const status: unknown = recordOf(this.raw).response?.status;
    return typeof status === "number" ? status : Number(textOf(status, "NaN"));
  }

  get headers(): Headers {
    return (this.#headers ??= toHeaders(recordOf(this.raw).response?.headers));
  }
}

function toHeaders(raw: CloudFrontHeaders | undefined): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(isObject(raw) ? raw : {})) {
    for (const entry of Array.isArray(values) ? values : []) {
      const value = isObject(entry) ? entry["value"] : undefined;
      if (typeof value !== "string") continue;
      try {
        // What `Headers` can hold: of text beyond ASCII its UTF-8 bytes.
        headers.append(name, Buffer.from(value).toString("latin1"));
      } catch {
        // No header that HTTP can carry: only an event made by hand has one, and the others still count.
      }
    }
  }
  return headers;
}
