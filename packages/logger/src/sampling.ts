import type { LambdaContext } from "@lamella/core";
import type { LoggerOptions } from "./logger-options.ts";

/** Decides once an invocation whether its lines are written from level DEBUG on. */
export class Sampling {
  /** The share of invocations, from 0 to 1. */
  readonly rate: number;
  readonly #sampled = new WeakSet<LambdaContext>();

  constructor(rate: number) {
    this.rate = rate;
  }

  decide(lambda: LambdaContext): void {
    // Below the rate, and not up to it: 0 is none and 1 is all of them.
    if (Math.random() < this.rate) this.#sampled.add(lambda);
    else this.#sampled.delete(lambda);
  }

  has(lambda: LambdaContext): boolean {
    return this.#sampled.has(lambda);
  }
}

/** The sampling that the options ask for, or else the environment, as Powertools reads it. */
export function samplingOf({ sampleRateValue, customConfigService }: LoggerOptions<never>): Sampling {
  const fromEnv = Number.parseFloat(process.env["POWERTOOLS_LOGGER_SAMPLE_RATE"] ?? "");
  const rates = [sampleRateValue, customConfigService?.getSampleRateValue(), fromEnv];
  return new Sampling(rates.find((rate) => rate !== undefined && rate >= 0 && rate <= 1) ?? 0);
}
