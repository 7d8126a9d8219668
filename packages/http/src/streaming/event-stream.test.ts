import { wrap } from "@lamella/core";
import { functionUrlEvent } from "@lamella/testing";
import { streamResponse } from "@lamella/testing/http";
import { afterEach, expect, it, vi } from "vitest";
import { eventStream, functionUrl, type ServerSentEvent, stream } from "../index.ts";

async function textOf(...events: readonly ServerSentEvent[]): Promise<string> {
  return (await streamResponse(stream(wrap(functionUrl(), () => eventStream(events))), functionUrlEvent())).text();
}

afterEach(() => {
  vi.useRealTimers();
});

it("answers with events, which nobody on the way may keep or change", async () => {
  const response = await streamResponse(stream(wrap(functionUrl(), () => eventStream([{ data: "hi" }]))), functionUrlEvent());

  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toEqual({
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
  });
  expect(await response.text()).toBe("data: hi\n\n");
});

it.for<{ what: string; event: ServerSentEvent; text: string }>([
  {
    what: "all members",
    event: { event: "progress", id: "7", retryMs: 2_000, data: { done: 1 }, comment: "c" },
    text: ': c\nevent: progress\nid: 7\nretry: 2000\ndata: {"done":1}\n\n',
  },
  { what: "text of several lines", event: { data: "a\nb\r\nc\rd" }, text: "data: a\ndata: b\ndata: c\ndata: d\n\n" },
  { what: "empty text", event: { data: "" }, text: "data: \n\n" },
  { what: "text with spaces in front", event: { data: " a" }, text: "data:  a\n\n" },
  { what: "null", event: { data: null }, text: "data: null\n\n" },
  { what: "text that is no ASCII", event: { data: "ż" }, text: "data: ż\n\n" },
  { what: "an empty id, which makes the client forget", event: { id: "" }, text: "id: \n\n" },
  { what: "a comment of several lines", event: { comment: "a\ndata: b" }, text: ": a\n: data: b\n\n" },
  { what: "a pause of 0", event: { retryMs: 0 }, text: "retry: 0\n\n" },
])("writes $what", async ({ event, text }) => {
  expect(await textOf(event)).toBe(text);
});

it.for<{ what: string; event: ServerSentEvent }>([
  { what: "a line break in a name", event: { event: "a\ndata: b" } },
  { what: "a carriage return in an id", event: { id: "a\rdata: b" } },
  { what: "a NUL in an id", event: { id: "a\0" } },
  { what: "a pause below 0", event: { retryMs: -1 } },
  { what: "a pause that is not whole", event: { retryMs: 1.5 } },
  { what: "data that is no JSON", event: { data: 1n } },
  { what: "a function for data", event: { data: () => {} } },
])("answers 500 to $what", async ({ event }) => {
  const response = await streamResponse(stream(wrap(functionUrl(), () => eventStream([event]))), functionUrlEvent());

  expect(response.status).toBe(500);
});

it("sends a comment when nothing comes for the heartbeat, and still every event", async () => {
  vi.useFakeTimers();
  const handler = stream(
    wrap(functionUrl(), () =>
      eventStream(
        (async function* () {
          await new Promise((resolve) => setTimeout(resolve, 2_500));
          yield { data: "late" };
        })(),
        { heartbeatMs: 1_000 },
      ),
    ),
  );

  const sent = streamResponse(handler, functionUrlEvent()).then(async (response) => response.text());
  await vi.advanceTimersByTimeAsync(2_500);

  expect(await sent).toBe(":\n\n:\n\ndata: late\n\n");
  expect(vi.getTimerCount(), "a timer outlived the response").toBe(0);
});

it("sends no heartbeat where it is Infinity", async () => {
  vi.useFakeTimers();
  const events = async function* () {
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    yield { data: "late" };
  };

  const sent = streamResponse(stream(wrap(functionUrl(), () => eventStream(events(), { heartbeatMs: Infinity }))), functionUrlEvent());
  await vi.advanceTimersByTimeAsync(20_000);

  expect(await (await sent).text()).toBe("data: late\n\n");
});

it("ends what makes the events when the client goes", async () => {
  const ended = vi.fn();
  const events = async function* () {
    try {
      for (;;) yield { data: "again" };
    } finally {
      ended();
    }
  };

  const response = await streamResponse(stream(wrap(functionUrl(), () => eventStream(events()))), functionUrlEvent());
  await response.body?.cancel();

  await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce());
});

it("fails as a stream where making the events fails", async () => {
  const events = async function* () {
    yield { data: "first" };
    throw new Error("midway");
  };

  const response = await streamResponse(stream(wrap(functionUrl(), () => eventStream(events()))), functionUrlEvent());

  await expect(response.text()).rejects.toThrow("midway");
});

it.for([0, -1, NaN])("refuses a heartbeat of %s", (heartbeatMs) => {
  expect(() => eventStream([], { heartbeatMs })).toThrow(RangeError);
});
