import type { Tracer } from "@aws-lambda-powertools/tracer";
import type { Base, LambdaContext, Next } from "@lamella/core";
import type { Trace } from "../trace.ts";
import type { TracerInstanceOptions, TracerOptions } from "../tracer-options.ts";
import { captureBy } from "./captured.ts";
import { endItem, type Handled } from "./end-item.ts";
import { InvocationTrace } from "./invocation-trace.ts";
import { ItemTrace } from "./item-trace.ts";
import { sent } from "./sent.ts";
import type { TraceHeader } from "./trace-header.ts";
import type { TracedItem } from "./tracer-layer.ts";
import { Untraced } from "./untraced.ts";
import { attempt } from "./warn.ts";
import { XRay } from "./xray.ts";

// Of the process, as what is patched: two tracers that patch `fetch` write each request twice.
let isPatched = false;

/** What traces; `undefined` where the tracer of a team is switched off. Loads the X-Ray SDK. */
export async function openTraced(options: TracerOptions | TracerInstanceOptions): Promise<Traced | undefined> {
  const tracer = options.instance ?? (await toTracer(options));
  if (!tracer.isTracingEnabled()) return undefined;
  const xray = new XRay(tracer);
  captureBy(xray);
  return new Traced(xray);
}

async function toTracer(options: TracerOptions): Promise<Tracer> {
  const { service, serviceName = service, customConfigService, captureHTTPsRequests = true } = options;
  // By itself, so that a team's own tracer is not loaded a second time.
  const { Tracer: Powertools } = await import("@aws-lambda-powertools/tracer");
  const patches = captureHTTPsRequests && !isPatched;
  if (patches) isPatched = true;
  return new Powertools({
    captureHTTPsRequests: patches,
    ...(serviceName !== undefined && { serviceName }),
    ...(customConfigService !== undefined && { customConfigService }),
  });
}

/** Writes the subsegments of invocations and their items. */
export class Traced {
  readonly #xray: XRay;
  // By the runtime's context objects, of which each invocation has its own.
  readonly #invocations = new WeakMap<LambdaContext, InvocationTrace>();

  constructor(xray: XRay) {
    this.#xray = xray;
  }

  async invocation(header: TraceHeader, lambda: LambdaContext, next: () => Promise<void>): Promise<void> {
    const invocation = attempt(() => new InvocationTrace(this.#xray, header));
    if (invocation === undefined) return next();
    this.#invocations.set(lambda, invocation);
    try {
      await this.#xray.within(invocation.segment, next);
      invocation.end();
    } catch (error) {
      invocation.end({ error });
      throw error;
    } finally {
      await sent();
    }
  }

  /** Runs an item below its invocation; `undefined`, and not run, where that is not traced. */
  item(item: unknown, ctx: Base, next: Next, captureResponse: boolean): TracedItem | undefined {
    const invocation = this.#invocations.get(ctx.lambda);
    if (invocation === undefined) return undefined;
    const { xray, header } = invocation;
    const segment = attempt(() => invocation.item(ctx));
    const end = (ended: Pick<Handled, "outcome" | "failure">, ofItem = segment): unknown =>
      attempt(() => ofItem && endItem(xray, ofItem, { item, delivery: ctx.delivery, captureResponse, ...ended }));
    if (segment === undefined) {
      const startedAtMs = Date.now();
      const trace: Trace = new Untraced(ctx.lambda, invocation.unrecordedHeader);
      const unrecorded = xray.within(attempt(() => invocation.unrecorded) ?? invocation.segment, () => next({ trace }));
      // What failed is what is looked for.
      if (unrecorded instanceof Promise) {
        unrecorded.catch((error: unknown) =>
          end(
            { failure: { error } },
            attempt(() => invocation.lateItem(ctx, startedAtMs)),
          ),
        );
      }
      return unrecorded;
    }
    const trace: Trace = new ItemTrace(xray, header, segment);
    const outcome = xray.within(segment, () => next({ trace }));
    // Beside the chain and not in it, so that nothing waits for it. What is no promise the core refuses, or awaits.
    if (outcome instanceof Promise) {
      outcome.then(
        (value) => end({ outcome: value }),
        (error: unknown) => end({ failure: { error } }),
      );
    }
    return outcome;
  }
}
