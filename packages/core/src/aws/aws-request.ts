import { AwsError } from "./aws-error.ts";
import { credentials } from "./credentials.ts";
import { endpointOf } from "./endpoint.ts";
import { type AwsResponse, exchange } from "./exchange.ts";
import { sign } from "./sign.ts";

/** What every call of a service takes. */
export interface AwsOptions {
  /** The name that the service is signed for and reached under, such as `sqs`, `dynamodb` or `execute-api`. */
  readonly service: string;
  /** @default the environment variable `AWS_REGION` */
  readonly region?: string | undefined;
  /** Where to reach the service. @default what `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL` says, else AWS's own endpoint */
  readonly endpoint?: string | undefined;
  /** What stands for the service in `AWS_ENDPOINT_URL_…`, where that is another name: `Secrets Manager`. @default `service` */
  readonly serviceId?: string | undefined;
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Tries in all, the first included; 1 or more. @default 3 */
  readonly attempts?: number | undefined;
  /** How long one try may take, in milliseconds. @default 5_000 */
  readonly timeoutMs?: number | undefined;
  /** How long all tries and the waiting between them may take, in milliseconds. @default no limit */
  readonly withinMs?: number | undefined;
  /** How large the answer may be, in bytes. @default 16_777_216 */
  readonly maxBytes?: number | undefined;
}

/** A request to a service. */
export interface AwsRequest extends AwsOptions {
  /** What the call is called in errors, such as `PostToConnection`. */
  readonly operation: string;
  /** @default "POST" */
  readonly method?: string | undefined;
  /** The path below the endpoint and its query, percent-encoded. @default "/" */
  readonly path?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array | undefined;
}

/** What a service says of a signature whose date is far from its own clock. */
const SKEWED = /RequestExpired|RequestTimeTooSkewed|InvalidSignature|SignatureDoesNotMatch|AuthFailure/;
/** How far the clocks must be apart for that to be the reason, in milliseconds; AWS allows five minutes. */
const SKEW_MS = 240_000;
// Of the process, as its clock is.
let clockOffsetMs = 0;

const THROTTLED = /Throttl|TooManyRequests|LimitExceeded|ThroughputExceeded|SlowDown|TransactionInProgress/;
/** Says who may not do what, and quotes nothing that was sent. */
const DENIED = /AccessDenied|NotAuthorized|Unauthorized/;

/**
 * Sends a signed request, and tries again, after a while, what was throttled, failed in the service or on the way.
 *
 * @throws {AwsError} When it failed; or the reason of `signal`.
 */
export async function awsRequest(request: AwsRequest): Promise<AwsResponse> {
  const { attempts = 3, withinMs = Infinity, signal } = request;
  const until = performance.now() + withinMs;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await tryOnce(request, until - performance.now());
    } catch (error) {
      signal?.throwIfAborted();
      // Anywhere between now and a moment that lies twice as far ahead each time, so that callers spread out.
      const waitMs = Math.random() * Math.min(5_000, 50 * 2 ** attempt);
      const isWorthIt = error instanceof AwsError && error.retryable && attempt < attempts && performance.now() + waitMs < until;
      if (!isWorthIt) throw error;
      await wait(waitMs, signal);
    }
  }
}

async function tryOnce(request: AwsRequest, leftMs: number): Promise<AwsResponse> {
  const { service, operation, method = "POST", path = "/", headers, body, timeoutMs = 5_000, maxBytes = 16_777_216, signal } = request;
  const call = `${service} ${operation}`;
  const region = request.region ?? process.env["AWS_REGION"];
  if (!region) throw new AwsError({ call, awsCode: "NoRegion", advice: "Set AWS_REGION; in Lambda the runtime does." });
  const endpoint = request.endpoint ?? endpointOf(service, region, request.serviceId);
  const url = new URL(endpoint.replace(/\/$/, "") + path);
  const signed = sign({
    method,
    url,
    headers,
    body,
    service,
    region,
    credentials: await credentials(),
    date: new Date(Date.now() + clockOffsetMs),
  });
  const limits = { timeoutMs: Math.min(timeoutMs, leftMs), maxBytes, signal };
  const response = await exchange(signed.url, { method, headers: signed.headers, body }, limits).catch((cause: unknown) => {
    const { code: awsCode = "Failed" } = cause as { readonly code?: string };
    // Node.js's own errors are about what was asked for.
    const retryable = !/^ERR_|TooLarge$/.test(awsCode);
    const advice = retryable ? `Check that the function reaches ${url.host}: in a VPC that takes an endpoint or a NAT gateway.` : undefined;
    throw new AwsError({ call, awsCode, retryable, advice, cause });
  });
  if (response.status < 300) return response;
  throw toError(call, response);
}

function toError(call: string, { status, headers, body }: AwsResponse): AwsError {
  const header = (name: string) => headers[name]?.toString();
  let told: { readonly [Name in "__type" | "code" | "message" | "Message"]?: unknown } | null = null;
  try {
    told = JSON.parse(String(body));
  } catch {
    // From a proxy, most likely: the status says enough.
  }
  const type = header("x-amzn-errortype") ?? toText(told?.__type) ?? toText(told?.code) ?? `Status${status}`;
  const awsCode = type.replace(/:.*/, "").replace(/.*#/, "");
  // The next try is signed by the service's clock.
  const offsetMs = Date.parse(header("date") ?? "") - Date.now();
  const isSkewed = SKEWED.test(awsCode) && Math.abs(offsetMs - clockOffsetMs) > SKEW_MS;
  if (isSkewed) clockOffsetMs = offsetMs;
  const serviceMessage = toText(told?.message) ?? toText(told?.Message);
  return new AwsError({
    call,
    awsCode,
    status,
    requestId: header("x-amzn-requestid") ?? header("x-amz-request-id"),
    retryable: isSkewed || status >= 500 || status === 429 || THROTTLED.test(awsCode),
    advice: DENIED.test(awsCode) ? serviceMessage : undefined,
    serviceMessage,
    answer: told,
  });
}

function toText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Waits, or until `signal` is aborted. */
function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
  });
}
