import { allOrNothing, answering, answers, batchSource, checkpointed, toOutcome } from "../src/extend.ts";
import type { AnsweringSource, BatchOptions, BatchSource, Failure, Ignored, Kind } from "../src/index.ts";

// Sources of made-up services, one for each way to close a batch. A record is told by its id alone: `shard:key/name#part`.
interface TestRecord {
  readonly id: string;
}

interface TestEvent {
  readonly Records: readonly TestRecord[];
}

interface TestKind<Reply, Output> extends Kind {
  readonly event: TestEvent;
  readonly reply: Reply;
  readonly item: TestRecord;
  readonly context: unknown;
  readonly output: Output;
}

export const streamEvent = (ids: readonly string[]): TestEvent => ({ Records: ids.map((id) => ({ id })) });

function parts(name: string, options: BatchOptions<TestRecord>) {
  return {
    name,
    expects: "a test event",
    accepts: () => true,
    options,
    concurrency: 1,
    records: (event: TestEvent) => event.Records,
    item: (raw: TestRecord) => raw,
    delivery: ({ id }: TestRecord, index: number) => ({ id, index, source: name, attempt: undefined }),
  };
}

interface StreamOptions extends BatchOptions<TestRecord> {
  readonly sharded?: boolean;
  readonly names?: "lowest" | "all";
}

export interface Again {
  readonly again: readonly unknown[];
}

export function stream({ sharded, names, ...options }: StreamOptions = {}): BatchSource<TestKind<Again, Ignored>> {
  return batchSource<TestKind<Again, Ignored>, TestRecord>({
    ...parts("stream", options),
    ...checkpointed({
      shard: sharded ? ({ id }: TestRecord) => id.split(":", 1)[0] ?? "" : undefined,
      key: ({ id }) => id.split("/", 1)[0] ?? "",
      identify: ({ id }) => id.split("#", 1)[0],
      names,
      reply: (again) => ({ again }),
    }),
  });
}

/** A service without partial replies. */
export function topic(options: BatchOptions<TestRecord> = {}): BatchSource<TestKind<void, Ignored>> {
  return batchSource<TestKind<void, Ignored>, TestRecord>({ ...parts("topic", options), close: allOrNothing() });
}

export type Answer = readonly [id: string, what: "ok" | "retry" | "ignore" | "unrun", output: unknown];

/** A service that wants an answer to each record; the handler returns a number, and the service gets its double. */
export function transform(
  options: BatchOptions<TestRecord> = {},
  comesAgain?: (failure: Failure) => boolean,
): AnsweringSource<TestKind<readonly Answer[], number>> {
  return answering(
    batchSource<TestKind<readonly Answer[], number>, TestRecord>({
      ...parts("transform", options),
      ...answers({
        finish: (output) => {
          if (typeof output !== "number") throw new TypeError("a number was expected");
          return toOutcome(output * 2);
        },
        identify: ({ id }: TestRecord) => id,
        answer: ({ id }, { failure, ...result }): Answer =>
          failure === undefined ? [id, "ok", (result as { readonly output: unknown }).output] : [id, failure.fate as Answer[1], undefined],
        reply: (list) => list as readonly Answer[],
        comesAgain,
      }),
    }),
  );
}
