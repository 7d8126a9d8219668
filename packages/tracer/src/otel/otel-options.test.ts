import { expect, it } from "vitest";
import { otel } from "./otel.ts";

it.for([
  { options: { maxItemSpans: -1 }, error: new RangeError("otel({ maxItemSpans }) must be a whole number of 0 or more, got -1") },
  { options: { maxItemSpans: 1.5 }, error: new RangeError("otel({ maxItemSpans }) must be a whole number of 0 or more, got 1.5") },
  { options: { flushTimeoutMs: -1 }, error: new RangeError("otel({ flushTimeoutMs }) must be 0 or more milliseconds, got -1") },
  { options: { flushTimeoutMs: Number.NaN }, error: new RangeError("otel({ flushTimeoutMs }) must be 0 or more milliseconds, got NaN") },
  { options: { xRay: "maybe" }, error: new TypeError('otel({ xRay }) must be "sampled", "always" or "never", got "maybe"') },
  { options: { carrier: "x" }, error: new TypeError('otel({ carrier }) must be a function, got "x"') },
  { options: { flush: 1 }, error: new TypeError("otel({ flush }) must be a function, got 1") },
  {
    options: { maxSpans: 1 },
    error: new TypeError("otel() has no option maxSpans. It takes carrier, maxItemSpans, xRay, flushTimeoutMs, flush."),
  },
  { options: null, error: new TypeError("otel(options) must be an object, got null") },
])("refuses $options at load", ({ options, error }) => {
  expect(() => otel(options as never)).toThrow(error);
});

it.for([
  {},
  { maxItemSpans: 0, flushTimeoutMs: 0 },
  { maxItemSpans: undefined, xRay: undefined, carrier: undefined, flush: undefined, flushTimeoutMs: undefined },
])("takes %j", (options) => {
  expect(otel(options).name).toBe("otel");
});
