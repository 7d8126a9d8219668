import type { Tracer } from "@aws-lambda-powertools/tracer";
import { isExpected } from "@lamella/core/extend";
import { type AnySegment, closeBelow, type Subsegment } from "./segments.ts";
import type { TraceHeader } from "./trace-header.ts";
import { attempt, warn } from "./warn.ts";

/** How something ended: `undefined` for well. */
export interface Ending {
  readonly error: unknown;
  /** The status that a request was answered with. */
  readonly status?: number | undefined;
}

/** The X-Ray SDK behind a Powertools tracer. Nothing of it throws into the work. */
export class XRay {
  readonly #tracer: Tracer;
  /** The segment that stands for the one that Lambda writes. */
  readonly #facade: AnySegment;

  /** @throws {Error} Where the SDK does not run in Lambda. */
  constructor(tracer: Tracer) {
    const current = tracer.provider.getSegment() as Partial<Subsegment> | undefined;
    const facade = current?.segment ?? current;
    if (facade === undefined) throw new Error("The SDK knows no segment of Lambda's.");
    this.#tracer = tracer;
    this.#facade = facade as AnySegment;
  }

  /**
   * A stand-in for Lambda's segment that belongs to one invocation. The SDK has one for all: what is closed late,
   * because its invocation was given up, would turn up in the trace of the next.
   */
  root(header: TraceHeader): AnySegment {
    // The SDK makes Lambda's segment harmless by members of its own, and these are inherited.
    return Object.assign(Object.create(this.#facade) as AnySegment, {
      trace_id: header.root,
      id: header.parent,
      additionalTraceData: header.others,
      subsegments: [],
      notTraced: undefined,
      noOp: undefined,
      facade: undefined,
      // More than the SDK's threshold, and nothing counts it down: each subsegment is sent when it is closed.
      counter: 1,
    });
  }

  /** The innermost segment of the code that runs. */
  current(): AnySegment | undefined {
    return this.#tracer.provider.getSegment();
  }

  /** Runs `work` below `segment`, and gives and throws what it does. */
  within<Result>(segment: AnySegment, work: () => Result): Result {
    let ending: { readonly value: Result } | { readonly error: unknown } | undefined;
    try {
      this.#tracer.provider.getNamespace().run(() => {
        this.#tracer.setSegment(segment);
        // Caught in here: errors that go through the SDK's context are written to, and frozen ones replaced.
        try {
          ending = { value: work() };
        } catch (error) {
          ending = { error };
        }
      });
    } catch (error) {
      warn("A trace's context could not be entered.", error);
    }
    if (ending === undefined) return work();
    if ("error" in ending) throw ending.error;
    return ending.value;
  }

  /** Writes to `segment` by the tracer's own methods, which know its service and what it is to capture. */
  note(segment: Subsegment, write: (tracer: Tracer) => void): void {
    this.within(segment, () => attempt(() => write(this.#tracer)));
  }

  /** Closes `segment` and what is open below it, and sends them. */
  end(segment: Subsegment, ending?: Ending): void {
    attempt(() => {
      if (segment.isClosed()) return;
      if (ending !== undefined) this.#noteEnding(segment, ending);
      closeBelow(segment, segment.fault === true);
      try {
        segment.close();
      } catch (error) {
        // Only metadata can be what JSON refuses.
        warn(`The metadata of ${segment.name} could not be sent.`, error);
        delete segment.metadata;
        segment.flush();
      }
    });
  }

  #noteEnding(segment: Subsegment, { error, status = 500 }: Ending): void {
    // As of an item that another run is at: nothing is broken.
    if (isExpected(error)) return segment.addErrorFlag();
    const hasError = (typeof error === "object" && error !== null) || typeof error === "string";
    if (hasError) this.note(segment, (tracer) => tracer.addErrorAsMetadata(error as Error));
    flag(segment, status);
  }

  capture(client: object): void {
    attempt(() => this.#tracer.captureAWSv3Client(client));
  }
}

/** Marks a subsegment by the status that its request was answered with. */
export function flag(segment: Subsegment, status: number): void {
  if (status < 400) return;
  if (status >= 500) return segment.addFaultFlag();
  // What the caller did wrong is an error and no fault, also where it was thrown.
  delete segment.fault;
  segment.addErrorFlag();
  if (status === 429) segment.addThrottleFlag();
}
