import type { ConstructorOptions } from "@aws-lambda-powertools/logger/types";
import { type Buffering, bufferingOf } from "./held-lines.ts";
import type { LoggerOptions } from "./logger-options.ts";
import { Sampling, samplingOf } from "./sampling.ts";
import type { Scope } from "./scope.ts";

/**
 * Which lines are written. Powertools' own rules are one for the whole logger: sampling would be decided for all
 * invocations that overlap, and an error of one item would let go of the lines of all.
 */
export interface LineRules {
  readonly sampling: Sampling;
  readonly buffering: Buffering | undefined;
}

/** The rules that a logger's options ask for. */
export function rulesOf(options: LoggerOptions<never>): LineRules {
  return { sampling: samplingOf(options), buffering: bufferingOf(options.logBufferOptions) };
}

/** The options without those that the rules stand for. */
export function withoutRules(options: ConstructorOptions): ConstructorOptions {
  const { logBufferOptions: _, ...rest } = options;
  // 0 and not left out: it would be read from the environment.
  return { ...rest, sampleRateValue: 0 };
}

/** The rules of a child, which are its logger's where its options ask for no others. */
export function childRules(
  rules: LineRules,
  { sampleRateValue, logBufferOptions }: ConstructorOptions,
  scope: Scope | undefined,
): LineRules {
  const sampling = sampleRateValue === undefined ? rules.sampling : new Sampling(sampleRateValue);
  if (sampling !== rules.sampling && scope !== undefined) sampling.decide(scope.subject.lambda);
  return { sampling, buffering: logBufferOptions === undefined ? rules.buffering : bufferingOf(logBufferOptions) };
}
