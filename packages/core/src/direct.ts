import { checkSchema, type Schema } from "./codecs/codec.ts";
import { validate } from "./codecs/validate.ts";
import type { DeadlineOptions } from "./deadline.ts";
import { OutputError } from "./errors/output-error.ts";
import { type OutputOutcome, toOutcome } from "./outcome.ts";
import { singleSource } from "./single-source.ts";
import type { Kind, Source } from "./source.ts";

export interface DirectKind<Event, Reply> extends Kind {
  readonly event: Event;
  readonly reply: Reply;
  readonly item: Event;
  readonly context: unknown;
  readonly output: Reply;
}

export interface DirectOptions<Input, Output> extends DeadlineOptions {
  /** What the event must be; the handler gets what the schema makes of it. @default any event, as it came */
  readonly input?: Schema<Input> | undefined;
  /** What the handler returns must be; the caller gets what the schema makes of it. @default anything */
  readonly output?: Schema<Output> | undefined;
}

/**
 * The source for direct invocation, Step Functions, IoT, and events of one's own. It takes any event, and rejects with
 * the handler's own error, whose `name` Step Functions matches.
 *
 * AWS: "Invoking Lambda functions", "Error handling in Step Functions".
 *
 * @throws {TypeError} At load, when `input` or `output` is no Standard Schema.
 * @example
 * export const handler = wrap(direct({ input: Order, output: Receipt }), logger(), async (order, { log }) => charge(order));
 */
export function direct<Event = unknown, Reply = unknown>(options: DirectOptions<Event, Reply> = {}): Source<DirectKind<Event, Reply>> {
  const { input, output } = options;
  if (input !== undefined) checkSchema(input, "direct({ input })");
  if (output !== undefined) checkSchema(output, "direct({ output })");
  return singleSource<DirectKind<Event, Reply>>({
    name: "direct",
    expects: "any event",
    accepts: () => true,
    options,
    item: (event) => event,
    delivery: (_event, lambda) => ({ id: lambda.awsRequestId ?? "", index: 0, source: "direct", attempt: undefined }),
    decode: input && ((event) => validate(input, event, "event")),
    eager: true,
    finish: (returned) => {
      if (output === undefined) return toOutcome(returned);
      const valid = validate(output, returned, "output", OutputError);
      return valid instanceof Promise ? valid.then(toOutcome) : toOutcome(valid);
    },
    reply: (outcome) => (outcome as OutputOutcome).output as Reply,
  });
}
