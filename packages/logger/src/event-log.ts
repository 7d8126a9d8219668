import type { Kind, LambdaContext, Source } from "@lamella/core";
import { lastResort } from "./last-resort.ts";
import type { Log } from "./log.ts";
import type { EventLogOptions } from "./logger-options.ts";
import { redacted } from "./redact.ts";

/**
 * Logs each event, as it came and without its secrets, before any of its items runs. The source sees the event, and the
 * layer that runs writes it: in tests another one than the one that stood behind the source at load.
 */
export class EventLog {
  readonly #paths: readonly (readonly string[])[];
  readonly #logs = new WeakMap<LambdaContext, () => Log>();

  constructor({ redact = [] }: EventLogOptions) {
    this.#paths = redact.map((path) => path.split("."));
  }

  /** Notes who writes the event of an invocation. */
  note(lambda: LambdaContext, log: () => Log): void {
    this.#logs.set(lambda, log);
  }

  watched<K extends Kind>(source: Source<K>): Source<K> {
    return {
      ...source,
      serve: (chain) => {
        const serve = source.serve(chain);
        return (event, invocation) => {
          this.#write(event, invocation.lambda);
          return serve(event, invocation);
        };
      },
    };
  }

  #write(event: unknown, lambda: LambdaContext): void {
    try {
      this.#logs
        .get(lambda)?.()
        .info("Lambda invocation event", { event: redacted(event, this.#paths) as object });
    } catch (error) {
      lastResort("Lambda invocation event", error);
    }
  }
}
