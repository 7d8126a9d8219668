import { Readable } from "node:stream";
import { DeadlineExceededError, type Failure, type LambdaContext, layer, wrap } from "@lamella/core";
import { functionUrlEvent, lambdaContext, restApiEvent, sqsEvent, testing } from "@lamella/testing";
import { ResponseSink, streamResponse } from "@lamella/testing/http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { awslambda } from "../../test/awslambda.ts";
import { functionUrl, httpApi, httpLayer, NotFoundError, reply, restApi, type StreamingLambda, stream } from "../index.ts";

const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
const HIGH_WATER_MARK = Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark");
const event = functionUrlEvent();

async function* counting(): AsyncGenerator<string> {
  yield "one ";
  yield "two ";
  yield "three";
}

/** A layer that keeps what is reported. */
function reporter() {
  const failures: Failure[] = [];
  return { failures, layer: { name: "reporter", hooks: { report: (failed: readonly Failure[]) => void failures.push(...failed) } } };
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe.for([
  { where: "with the runtime's global", global: awslambda },
  { where: "without it", global: undefined },
])("stream() $where", ({ global }) => {
  beforeEach(() => {
    vi.stubGlobal("awslambda", global);
  });

  it("marks the handler as one that streams", () => {
    const marked = stream(
      wrap(functionUrl(), () => ""),
      { highWaterMark: 1024 },
    ) as unknown as Record<symbol, unknown>;
    const unmarked = stream(wrap(functionUrl(), () => "")) as unknown as Record<symbol, unknown>;

    expect([marked[STREAMING], marked[HIGH_WATER_MARK]]).toEqual(["response", 1024]);
    expect([unmarked[STREAMING], HIGH_WATER_MARK in unmarked]).toEqual(["response", false]);
  });

  it.for<{ what: string; output: () => unknown; type: string | null; text: string; status?: number }>([
    { what: "an async iterable", output: counting, type: "application/octet-stream", text: "one two three" },
    { what: "Node's stream", output: () => Readable.from([Buffer.from("one "), "two"]), type: "application/octet-stream", text: "one two" },
    { what: "a ReadableStream", output: () => ReadableStream.from(counting()), type: "application/octet-stream", text: "one two three" },
    {
      what: "a reply with a stream",
      output: () => reply(201, ReadableStream.from(counting()), { "content-type": "text/csv" }),
      type: "text/csv",
      text: "one two three",
      status: 201,
    },
    {
      what: "a web Response",
      output: () => new Response("hi", { status: 202 }),
      type: "text/plain;charset=UTF-8",
      text: "hi",
      status: 202,
    },
    { what: "an object", output: () => ({ a: "ż" }), type: "application/json", text: '{"a":"ż"}' },
    { what: "text", output: () => "hi", type: "text/plain; charset=utf-8", text: "hi" },
    { what: "nothing", output: () => undefined, type: null, text: "", status: 204 },
    { what: "empty text", output: () => "", type: "text/plain; charset=utf-8", text: "" },
    { what: "a stream of nothing", output: () => ReadableStream.from([]), type: "application/octet-stream", text: "" },
    { what: "a stream of an empty chunk", output: () => ReadableStream.from([""]), type: "application/octet-stream", text: "" },
  ])("sends the prelude, and $what", async ({ output, type, text, status = 200 }) => {
    const response = await streamResponse(stream(wrap(functionUrl(), output)), event);

    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe(type);
    expect(await response.text()).toBe(text);
  });

  it("sends bytes as they are, and no base64", async () => {
    const bytes = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 255, 1]);

    const response = await streamResponse(stream(wrap(functionUrl(), () => bytes)), event);

    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
  });

  it.for([
    { service: "a function URL", handler: stream(wrap(functionUrl(), () => cookies())), of: event, prelude: { cookies: ["a=1", "b=2"] } },
    {
      service: "a REST API",
      handler: stream(wrap(restApi(), () => cookies())),
      of: restApiEvent(),
      prelude: { multiValueHeaders: { "set-cookie": ["a=1", "b=2"] } },
    },
  ])("writes the prelude as $service wants it", async ({ handler, of, prelude }) => {
    const sink = new ResponseSink();
    await (handler as StreamingLambda<unknown, unknown>)(of, sink, lambdaContext());

    expect(await sink.prelude).toEqual({ statusCode: 200, headers: { "content-type": "text/plain; charset=utf-8" }, ...prelude });
  });
});

function cookies() {
  return reply(200, "hi", { "set-cookie": ["a=1", "b=2"] });
}

describe("stream()", () => {
  it("takes three parameters, so that the runtime passes the stream", () => {
    expect(stream(wrap(functionUrl(), () => ""))).toHaveLength(3);
  });

  it("sends each chunk when it is made, and not the whole", async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const handler = stream(
      wrap(functionUrl(), async function* () {
        yield "first";
        await gate;
        yield "second";
      }),
    );

    const reader = ((await streamResponse(handler, event)).body as ReadableStream<Uint8Array>).getReader();

    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe("first");
    release();
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe("second");
    expect((await reader.read()).done).toBe(true);
  });

  it("makes no more than the client takes", async () => {
    let made = 0;
    const handler = stream(
      wrap(functionUrl(), async function* () {
        for (; made < 1_000; made++) yield new Uint8Array(8_192);
      }),
    );

    const response = await streamResponse(handler, event);
    await settled();
    // What the sink holds, one chunk on its way, and one in the generator.
    expect(made).toBeLessThan(6);
    expect((await response.arrayBuffer()).byteLength).toBe(8_192_000);
  });

  it("adds no listener for each wait", async () => {
    const body = ReadableStream.from(Array.from({ length: 100 }, () => new Uint8Array(65_536)));
    const sink = new ResponseSink();
    const running = stream(wrap(functionUrl(), () => body))(event, sink, lambdaContext());

    for await (const _chunk of sink.body) expect(sink.listenerCount("close")).toBeLessThan(3);

    await running;
    expect(sink.listenerCount("drain")).toBe(0);
  });

  it("ends the source when the client goes", async () => {
    const ended = vi.fn();
    const handler = stream(
      wrap(functionUrl(), async function* () {
        try {
          for (;;) yield "again ";
        } finally {
          ended();
        }
      }),
    );

    const response = await streamResponse(handler, event);
    await response.body?.cancel();

    await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce());
  });

  it("ends the source when the client went while nothing came", async () => {
    const cancelled = vi.fn();
    const body = new ReadableStream({
      start: (controller) => controller.enqueue("first"),
      cancel: cancelled,
    });
    const sink = new ResponseSink();
    const running = stream(wrap(functionUrl(), () => body))(event, sink, lambdaContext());
    await sink.prelude;
    await settled();

    sink.destroy();

    await running;
    expect(cancelled).toHaveBeenCalledOnce();
  });

  it("does not begin for a client that is gone", async () => {
    const cancelled = vi.fn();
    const sink = new ResponseSink();
    sink.destroy();

    await stream(wrap(functionUrl(), () => new ReadableStream({ cancel: cancelled })))(event, sink, lambdaContext());

    expect(cancelled).toHaveBeenCalledOnce();
  });

  it.for<{ when: string; handler: () => unknown; status: number }>([
    {
      when: "the handler throws",
      handler: () => {
        throw new Error("secret");
      },
      status: 500,
    },
    {
      when: "it throws an HttpError",
      handler: () => {
        throw new NotFoundError("Nothing here.");
      },
      status: 404,
    },
    {
      when: "the stream fails before its first chunk",
      handler: () =>
        new ReadableStream({
          pull: () => {
            throw new Error("secret");
          },
        }),
      status: 500,
    },
    {
      when: "its first chunk is none",
      handler: async function* () {
        yield 7;
      },
      status: 500,
    },
  ])("answers with a problem when $when", async ({ handler, status }) => {
    const { failures, layer: report } = reporter();

    const response = await streamResponse(stream(wrap(functionUrl(), report, handler)), event);

    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.text()).not.toContain("secret");
    expect(failures).toMatchObject([{ fate: "answered", status }]);
  });

  it("ends the response as failed, and reports it, when the stream fails midway", async () => {
    const { failures, layer: report } = reporter();
    const error = new Error("midway");
    const handler = stream(
      wrap(functionUrl(), report, async function* () {
        yield "first";
        throw error;
      }),
    );
    const sink = new ResponseSink();

    const running = handler(event, sink, lambdaContext());
    // Awaited below.
    running.catch(() => {});
    expect((await sink.prelude).statusCode).toBe(200);
    sink.body
      .getReader()
      .read()
      .catch(() => {});

    await expect(running).rejects.toBe(error);
    expect(sink.writableEnded, "the runtime ends it, with trailers").toBe(false);
    expect(failures).toMatchObject([{ fate: "rejected", error }]);
  });

  it("ends the source whose chunk could not be sent", async () => {
    const ended = vi.fn();
    const handler = stream(
      wrap(functionUrl(), async function* () {
        try {
          yield "first";
          yield { no: "bytes" };
        } finally {
          ended();
        }
      }),
    );

    const response = await streamResponse(handler, event);

    await expect(response.text()).rejects.toMatchObject({ code: "LAMELLA_OUTPUT" });
    expect(ended).toHaveBeenCalledOnce();
  });

  it.for([
    { layers: "no layer", around: [] },
    { layers: "a layer", around: [layer("pass", async (_item, _ctx, next) => next())] },
  ])("ends an open stream at the hard moment, with $layers around it", async ({ around }) => {
    vi.useFakeTimers();
    const cancelled = vi.fn();
    const body = new ReadableStream({ start: (controller) => controller.enqueue("first"), cancel: cancelled });
    const handler = stream((wrap as (...parts: unknown[]) => never)(functionUrl({ hardMs: 200 }), ...around, () => body));
    const sink = new ResponseSink();
    const running = handler(event as never, sink, lambdaContext({ remainingMs: 3_000 })).catch((error: unknown) => error);

    await vi.advanceTimersByTimeAsync(2_799);
    expect(cancelled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);

    expect(cancelled).toHaveBeenCalledWith(expect.any(DeadlineExceededError));
    expect(await running).toBeInstanceOf(DeadlineExceededError);
    expect(sink.writableEnded).toBe(false);
    expect(vi.getTimerCount(), "a timer outlived the invocation").toBe(0);
  });

  it("answers 503 at the hard moment when nothing was sent", async () => {
    vi.useFakeTimers();
    const cancelled = vi.fn();
    const handler = stream(wrap(functionUrl(), () => new ReadableStream({ cancel: cancelled })));

    const sent = streamResponse(handler, event, lambdaContext({ remainingMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(2_800);

    expect((await sent).status).toBe(503);
    expect(cancelled).toHaveBeenCalledOnce();
  });

  it("shows layers the status and the headers, and sends what they make of them", async () => {
    const seen: unknown[] = [];
    const tagging = httpLayer("tagging", async (_request, _ctx, next) => {
      const response = await next();
      seen.push(response.status, response.headers.get("content-type"));
      response.headers.set("x-tag", "1");
      return response;
    });

    const response = await streamResponse(stream(wrap(functionUrl(), tagging, counting)), event);

    expect(seen).toEqual([200, "application/octet-stream"]);
    expect(response.headers.get("x-tag")).toBe("1");
    expect(await response.text()).toBe("one two three");
  });

  it.for([
    { method: "HEAD", status: 200 },
    { method: "GET", status: 204 },
    { method: "GET", status: 304 },
  ])("sends no body, and ends its source, for $method with $status", async ({ method, status }) => {
    const cancelled = vi.fn();
    const body = new ReadableStream({ cancel: cancelled });
    const handler = stream(
      wrap(
        functionUrl(),
        httpLayer("status", async (_request, _ctx, next) => Object.assign(await next(), { status })),
        () => body,
      ),
    );

    const response = await streamResponse(handler, functionUrlEvent({ method }));

    expect([response.status, await response.text()]).toEqual([status, ""]);
    expect(cancelled).toHaveBeenCalledOnce();
  });

  it("promises no length of a stream, and the real one of what is whole", async () => {
    const lying = { "content-length": "5" };
    const of = async (body: unknown) =>
      (await streamResponse(stream(wrap(functionUrl(), () => reply(200, body, lying))), event)).headers.get("content-length");

    expect(await of(ReadableStream.from(["longer than that"]))).toBe(null);
    expect(await of("ż")).toBe("2");
  });

  it("replies in one piece when it is called as a handler that does not stream", async () => {
    const handler = stream(wrap(functionUrl(), counting));

    expect(await handler(event, lambdaContext())).toMatchObject({ statusCode: 200, body: Buffer.from("one two three").toString("base64") });
  });

  it("works with testing()", async () => {
    const handler = stream(wrap(functionUrl(), () => reply(200, ReadableStream.from(counting()), { "content-type": "text/plain" })));

    const { reply: replied, outcomes } = await testing(handler).send(event);

    expect(replied).toMatchObject({ statusCode: 200, body: "one two three" });
    expect(outcomes).toMatchObject([{ fate: "done" }]);
  });

  it("answers a failure of a layer around the invocation", async () => {
    const broken = { name: "broken", hooks: { invocation: async () => Promise.reject(new Error("secret")) } };

    const response = await streamResponse(stream(wrap(functionUrl(), broken, () => "hi")), event);

    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
  });

  it("rejects with what a layer around the invocation failed with afterwards", async () => {
    const broken = {
      name: "broken",
      hooks: {
        invocation: async (_lambda: LambdaContext, next: () => Promise<void>) => {
          await next();
          throw new Error("afterwards");
        },
      },
    };

    await expect(stream(wrap(functionUrl(), broken, () => "hi"))(event, new ResponseSink(), lambdaContext())).rejects.toThrow("afterwards");
  });

  it("rejects an event of another service", async () => {
    const handler = stream(wrap(functionUrl(), () => "hi"));

    await expect(streamResponse(handler, sqsEvent([]) as never)).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
  });

  it("keeps invocations with one context apart", async () => {
    const context = lambdaContext();
    const handler = stream(
      wrap(functionUrl(), async function* ({ path }: { readonly path: string }) {
        yield path;
      }),
    );

    const responses = await Promise.all(["/a", "/b"].map(async (path) => streamResponse(handler, functionUrlEvent({ path }), context)));

    expect(await Promise.all(responses.map(async (response) => response.text()))).toEqual(["/a", "/b"]);
  });

  it("shows layers and the handler the context whole", async () => {
    const context = { ...lambdaContext({ awsRequestId: "r-1" }) };
    let seen: LambdaContext | undefined;
    const handler = stream(wrap(functionUrl(), (_request, { lambda }) => void (seen = lambda)));

    await streamResponse(handler, event, context);

    expect(seen).toEqual(context);
  });

  it.for([
    { what: "a bare function", lambda: async () => {} },
    { what: "a source whose service takes no stream", lambda: wrap(httpApi(), () => "") },
    { what: "nothing", lambda: undefined },
  ])("refuses $what", ({ lambda }) => {
    expect(() => stream(lambda as never)).toThrow(TypeError);
  });

  it.for([0, -1, 1.5, NaN, "1"])("refuses a high-water mark of %s", (highWaterMark) => {
    expect(() =>
      stream(
        wrap(functionUrl(), () => ""),
        { highWaterMark: highWaterMark as number },
      ),
    ).toThrow(RangeError);
  });
});

/** Lets everything run that waits for nothing. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
