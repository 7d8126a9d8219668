/** What a span or a segment can be searched by. */
export type AnnotationValue = string | number | boolean;

/** What a handler traces with: the same with X-Ray and with OpenTelemetry, so that the layers swap without touching it. */
export interface Trace {
  /** The id of the trace, for log lines and messages; `undefined` where the invocation is not traced. */
  readonly id: string | undefined;
  /**
   * Runs `work` in a span of its own, below the one that is open, and gives what `work` gives. Its failure is noted on
   * the span, and comes out as it was.
   */
  readonly span: <Result>(name: string, work: () => Result) => Result;
  /** Notes on the innermost open span what it is to be found by. */
  readonly annotate: (key: string, value: AnnotationValue) => void;
  /** The headers that hand the trace on, for messages and requests that are not captured. */
  readonly headers: () => Readonly<Record<string, string>>;
}
