import type { Base } from "@lamella/core";
import { type AnySegment, type Subsegment, sendUnfinished, toName } from "./segments.ts";
import type { TraceHeader } from "./trace-header.ts";
import type { Ending, XRay } from "./xray.ts";

/** How many items of an invocation have a subsegment. A batch may hold 10,000, and X-Ray keeps 500 KB of a trace. */
const TRACED_ITEMS = 100;

/** How many of the others have one after all, because they failed. */
const LATE_ITEMS = 100;

/** The trace of one invocation: its subsegment, and those of its first items. */
export class InvocationTrace {
  readonly xray: XRay;
  readonly header: TraceHeader;
  readonly segment: Subsegment;
  #items = 0;
  #lateItems = 0;
  /** Around the items that have none: what they call is not recorded either. */
  #unrecorded: Subsegment | undefined;

  constructor(xray: XRay, header: TraceHeader) {
    this.xray = xray;
    this.header = header;
    this.segment = xray.root(header).addNewSubsegment(toName(`## ${process.env["_HANDLER"] ?? "handler"}`));
    xray.note(this.segment, (tracer) => tracer.addServiceNameAnnotation());
  }

  /** The subsegment of the next item; `undefined` where there are enough. */
  item(ctx: Base): Subsegment | undefined {
    this.#items++;
    if (this.#items === 1) this.#first(ctx);
    return this.#items <= TRACED_ITEMS ? this.segment.addNewSubsegment(toName(ctx.delivery.source)) : undefined;
  }

  /** The subsegment of an item that has none and failed; `undefined` where there are enough. */
  lateItem(ctx: Base, startedAtMs: number): Subsegment | undefined {
    if (this.segment.isClosed() || this.#lateItems >= LATE_ITEMS) return undefined;
    this.#lateItems++;
    const segment = this.segment.addNewSubsegment(toName(ctx.delivery.source));
    segment.start_time = startedAtMs / 1_000;
    return segment;
  }

  /** What items without a subsegment run below. */
  get unrecorded(): AnySegment {
    return (this.#unrecorded ??= this.segment.addNewSubsegmentWithoutSampling("unrecorded"));
  }

  /** What they hand on. */
  get unrecordedHeader(): TraceHeader {
    return { ...this.header, parent: this.segment.id, isSampled: false };
  }

  /** Closes it, and what is still open in it. */
  end(ending?: Ending): void {
    const more = this.#items - TRACED_ITEMS - this.#lateItems;
    if (more > 0) this.segment.addAnnotation("UntracedItems", more);
    this.xray.end(this.segment, ending);
  }

  /** What only items know of the invocation. */
  #first({ coldStart, signal }: Base): void {
    // Not by Powertools, which takes the first invocation for cold that it sees itself.
    this.segment.addAnnotation("ColdStart", coldStart);
    const send = (): void => {
      if (!this.segment.isClosed()) sendUnfinished(this.segment);
    };
    // Lambda may kill the process at the deadline, as it does with ordered batches, and nothing is closed then.
    if (!signal.aborted) signal.addEventListener("abort", send, { once: true });
  }
}
