import { mustBe } from "@lamella/core/extend";

/** When the X-Ray segment of Lambda is the parent of the invocation's span. */
export type XRayParent = "sampled" | "always" | "never";

/** The options of `otel`. */
export interface OtelOptions<Item> {
  /**
   * Finds the headers that the producer of an item handed its trace on in, by name, such as `traceparent`. Asked before
   * the payload is decoded; what it throws is dropped. Where it gives none the usual places are looked at.
   * @default what SQS, SNS, Kinesis, EventBridge, Kafka, RabbitMQ and ActiveMQ events have in the usual places
   */
  readonly carrier?: ((item: Item) => Readonly<Record<string, string | undefined>> | undefined) | undefined;
  /** How many items of a batch get a span each; the rest is counted, and gets one when it fails. From 0. @default 100 */
  readonly maxItemSpans?: number | undefined;
  /**
   * When Lambda's own X-Ray segment is the parent of the invocation's span, where no propagator finds another: `sampled`,
   * where X-Ray keeps it; `always`, so that X-Ray decides what is sampled; `never`, for traces that X-Ray has no part in.
   * @default "sampled"
   */
  readonly xRay?: XRayParent | undefined;
  /**
   * How long an invocation waits at most for its spans to be exported, in milliseconds, and never longer than what is left
   * of it; 0 for not at all, where something else exports them. @default 1000
   */
  readonly flushTimeoutMs?: number | undefined;
  /** Flushes what else is to be out by the end of each invocation, such as metrics and logs; waited for as the spans are. */
  readonly flush?: (() => Promise<unknown>) | undefined;
}

/** The options as they are, or by their defaults. */
export interface OtelSetup {
  readonly carrier: ((item: never) => Readonly<Record<string, string | undefined>> | undefined) | undefined;
  readonly maxItemSpans: number;
  readonly xRay: XRayParent;
  readonly flushTimeoutMs: number;
  readonly flush: (() => Promise<unknown>) | undefined;
}

const NAMES: readonly (keyof OtelOptions<never>)[] = ["carrier", "maxItemSpans", "xRay", "flushTimeoutMs", "flush"];

/**
 * @throws {TypeError} When an option is unknown, or of the wrong kind.
 * @throws {RangeError} When a number is out of its range.
 */
export function toSetup(options: OtelOptions<never>): OtelSetup {
  mustBe(typeof options === "object" && options !== null, "otel(options)", "an object", options);
  const unknown = Object.keys(options).find((name) => !(NAMES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new TypeError(`otel() has no option ${unknown}. It takes ${NAMES.join(", ")}.`);
  const { carrier, maxItemSpans = 100, xRay = "sampled", flushTimeoutMs = 1_000, flush } = options;
  mustBe(carrier === undefined || typeof carrier === "function", "otel({ carrier })", "a function", carrier);
  mustBe(
    Number.isInteger(maxItemSpans) && maxItemSpans >= 0,
    "otel({ maxItemSpans })",
    "a whole number of 0 or more",
    maxItemSpans,
    RangeError,
  );
  mustBe(["sampled", "always", "never"].includes(xRay), "otel({ xRay })", '"sampled", "always" or "never"', xRay);
  mustBe(
    Number.isFinite(flushTimeoutMs) && flushTimeoutMs >= 0,
    "otel({ flushTimeoutMs })",
    "0 or more milliseconds",
    flushTimeoutMs,
    RangeError,
  );
  mustBe(flush === undefined || typeof flush === "function", "otel({ flush })", "a function", flush);
  return { carrier, maxItemSpans, xRay, flushTimeoutMs, flush };
}
