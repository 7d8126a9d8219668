import type {
  CloudFrontHeaders,
  CloudFrontOrigin,
  CloudFrontRequest,
  CloudFrontRequestEvent,
  CloudFrontResponse,
  CloudFrontResponseEvent,
} from "aws-lambda";
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
    return this.#request.method ?? "GET";
  }

  get uri(): string {
    return this.#request.uri ?? "/";
  }

  get querystring(): string {
    return this.#request.querystring ?? "";
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.querystring);
  }

  get headers(): Headers {
    return (this.#headers ??= toHeaders(this.#request.headers));
  }

  get clientIp(): string {
    return this.#request.clientIp ?? "";
  }

  get body(): Uint8Array | undefined {
    const { body } = this.#request;
    return body?.data ? Buffer.from(body.data, body.encoding === "text" ? "utf8" : "base64") : undefined;
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
    return recordOf(this.raw).config.distributionId ?? "";
  }

  get distributionDomainName(): string {
    return recordOf(this.raw).config.distributionDomainName ?? "";
  }

  get requestId(): string {
    return recordOf(this.raw).config.requestId ?? "";
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
    return recordOf(this.raw).config.distributionId ?? "";
  }

  get distributionDomainName(): string {
    return recordOf(this.raw).config.distributionDomainName ?? "";
  }

  get requestId(): string {
    return recordOf(this.raw).config.requestId ?? "";
  }

  get status(): number {
    return Number(recordOf(this.raw).response?.status);
  }

  get headers(): Headers {
    return (this.#headers ??= toHeaders(recordOf(this.raw).response?.headers));
  }
}

function toHeaders(raw: CloudFrontHeaders | undefined): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(raw ?? {})) for (const { value } of values) headers.append(name, value);
  return headers;
}
