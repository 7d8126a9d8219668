import { OutputError } from "@lamella/core";
import { mustBe } from "@lamella/core/extend";
import { type HttpReply, reply } from "../response/reply.ts";

/** One server-sent event: a block of the members that are there. */
export interface ServerSentEvent {
  /** Text as it is, line by line; anything else as JSON. */
  readonly data?: unknown;
  /** What sort of event it is, in one line. @default a `message` for the client */
  readonly event?: string | undefined;
  /** What the client sends as `last-event-id` when it connects again, in one line. */
  readonly id?: string | undefined;
  /** How long the client waits before it connects again, in milliseconds. */
  readonly retryMs?: number | undefined;
  /** What the client does not see. */
  readonly comment?: string | undefined;
}

export interface EventStreamOptions {
  /**
   * How long nothing may come before a comment is sent, so that nobody on the way takes the connection for dead, in
   * milliseconds; `Infinity` for never. API Gateway gives up after 5 minutes, and after 30 seconds at the edge.
   * @default 15_000
   */
  readonly heartbeatMs?: number | undefined;
}

/**
 * Answers with server-sent events, as they are made. When the client goes, what makes them is ended at its next `yield`.
 *
 * HTML Standard: "Server-sent events".
 *
 * @throws {RangeError} When `heartbeatMs` is not above 0.
 * @example
 * export const handler = stream(wrap(functionUrl(), () => eventStream(progress())));
 */
export function eventStream(
  events: AsyncIterable<ServerSentEvent> | Iterable<ServerSentEvent>,
  { heartbeatMs = 15_000 }: EventStreamOptions = {},
): HttpReply<200, ReadableStream<Uint8Array>> {
  mustBe(heartbeatMs > 0, "eventStream(…, { heartbeatMs })", "above 0 milliseconds", heartbeatMs, RangeError);
  // Also what stands between must not keep it back, or send it twice.
  const headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache, no-transform" };
  return reply(200, toStream(events, heartbeatMs), headers);
}

function toStream(events: AsyncIterable<ServerSentEvent> | Iterable<ServerSentEvent>, heartbeatMs: number): ReadableStream<Uint8Array> {
  const iterator = Symbol.asyncIterator in events ? events[Symbol.asyncIterator]() : events[Symbol.iterator]();
  let pending: Promise<IteratorResult<ServerSentEvent>> | undefined;
  let isCancelled = false;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        pending ??= Promise.resolve(iterator.next());
        const next = await orBeat(pending, heartbeatMs);
        if (isCancelled) return;
        if (next === undefined) return controller.enqueue(Buffer.from(":\n\n"));
        pending = undefined;
        if (next.done) controller.close();
        else controller.enqueue(Buffer.from(toText(next.value)));
      },
      cancel: async () => {
        isCancelled = true;
        // What it fails with now, nobody waits for.
        pending?.catch(() => {});
        await iterator.return?.();
      },
    },
    // Nothing is made before it is asked for.
    { highWaterMark: 0 },
  );
}

/** What the promise gives, or `undefined` when it takes longer. */
async function orBeat<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  if (ms === Infinity) return promise;
  let timer: NodeJS.Timeout | undefined;
  const beat = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1), undefined);
  });
  try {
    return await Promise.race([promise, beat]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @throws {OutputError} When a member is not what it must be: a line break in a name would begin a field of its own.
 */
function toText({ comment, event, id, retryMs, data }: ServerSentEvent): string {
  const lines = [
    ...(comment === undefined ? [] : fields("", comment)),
    ...(event === undefined ? [] : [`event: ${inLine("event", event)}`]),
    ...(id === undefined ? [] : [`id: ${inLine("id", id)}`]),
    ...(retryMs === undefined ? [] : [`retry: ${whole(retryMs)}`]),
    ...(data === undefined ? [] : fields("data", typeof data === "string" ? data : toJson(data))),
  ];
  return `${lines.join("\n")}\n\n`;
}

function fields(name: string, text: string): string[] {
  return text.split(/\r\n|\r|\n/).map((line) => `${name}: ${line}`);
}

function inLine(name: string, text: string): string {
  // oxlint-disable-next-line no-control-regex -- clients ignore an id with a NUL
  if (typeof text !== "string" || /[\r\n\0]/.test(text))
    throw new OutputError({ part: `event's ${name}`, problem: "is no text of one line" });
  return text;
}

function whole(ms: number): number {
  if (!Number.isSafeInteger(ms) || ms < 0) throw new OutputError({ part: "event's retryMs", problem: "is no whole number of 0 or more" });
  return ms;
}

function toJson(data: unknown): string {
  let cause: unknown;
  try {
    const text = JSON.stringify(data) as string | undefined;
    if (text !== undefined) return text;
  } catch (error) {
    cause = error;
  }
  throw new OutputError({ part: "event's data", problem: "is no JSON", cause });
}
