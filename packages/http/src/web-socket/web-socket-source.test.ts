import { base64, bytes, layer, wrap } from "@lamella/core";
import { webSocketEvent } from "@lamella/testing";
import {
  albFixture,
  functionUrlFixture,
  httpApiGetFixture,
  restApiFixture,
  webSocketConnectFixture,
  webSocketDisconnectFixture,
  webSocketMessageFixture,
} from "@lamella/testing/fixtures";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { context } from "../../test/api-event.ts";
import { ForbiddenError, NotFoundError } from "../errors/client-errors.ts";
import { http } from "../http.ts";
import { reply } from "../response/reply.ts";
import type { WebSocketEvent } from "./event.ts";
import type { SocketItem } from "./socket-item.ts";
import { webSocket } from "./web-socket-source.ts";

const Move = z.object({ action: z.literal("move"), to: z.string() });

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

async function opened(event: WebSocketEvent): Promise<SocketItem<string>> {
  let seen: SocketItem<string> | undefined;
  await wrap(webSocket(), (item) => {
    seen = item;
  })(event, context());
  return seen as SocketItem<string>;
}

const served = (event: WebSocketEvent, handler: (item: SocketItem<unknown>) => unknown, body?: z.ZodType) =>
  wrap(webSocket({ body }), async (item) => handler(item))(event, context());

describe("webSocket", () => {
  it("opens a connection", async () => {
    const item = await opened(webSocketConnectFixture);

    expect(item).toMatchObject({
      eventType: "CONNECT",
      routeKey: "$connect",
      connectionId: "cLmAefTwiYcCJQw=",
      connectedAt: new Date(1_769_860_800_123),
      at: new Date(1_769_860_800_124),
      clientIp: "198.51.100.7",
      stage: "production",
      auth: { kind: "lambda", principalId: "player-7", context: { rank: "gold" } },
      body: undefined,
      messageId: undefined,
      closeCode: undefined,
      closeReason: undefined,
    });
    expect([item.headers?.get("origin"), item.query?.["game"], item.cookies?.["session"]]).toEqual([
      "https://game.example.com",
      "42",
      "abc",
    ]);
    expect(item.raw).toBe(webSocketConnectFixture);
  });

  it("opens a message, which has no headers", async () => {
    const item = await opened(webSocketMessageFixture);

    expect(item).toMatchObject({
      eventType: "MESSAGE",
      routeKey: "move",
      messageId: "cLmBqd4nCYcCJQw=",
      body: '{"action":"move","to":"e4"}',
      headers: undefined,
      query: undefined,
      cookies: undefined,
      auth: { kind: "lambda", principalId: "player-7", context: { rank: "gold" } },
    });
  });

  it("opens the end of a connection", async () => {
    const item = await opened(webSocketDisconnectFixture);

    expect(item).toMatchObject({
      eventType: "DISCONNECT",
      routeKey: "$disconnect",
      closeCode: 1001,
      closeReason: undefined,
      body: undefined,
      query: undefined,
    });
    expect((await opened(webSocketEvent({ eventType: "DISCONNECT", closeCode: 1000, closeReason: "bye" }))).closeReason).toBe("bye");
  });

  it("opens what webSocketEvent makes", async () => {
    const connect = await opened(
      webSocketEvent({ query: { a: "1" }, headers: { Origin: "https://a.test", Cookie: "s=1" }, authorizer: { tenant: "acme" } }),
    );
    const message = await opened(webSocketEvent({ body: { a: 1 }, routeKey: "move", connectionId: "c-1", stage: "dev" }));

    expect(connect).toMatchObject({
      query: { a: "1" },
      cookies: { s: "1" },
      auth: { kind: "lambda", principalId: undefined, context: { tenant: "acme" } },
    });
    expect(message).toMatchObject({
      eventType: "MESSAGE",
      routeKey: "move",
      connectionId: "c-1",
      stage: "dev",
      body: '{"a":1}',
      auth: undefined,
    });
  });

  it("tells who signed a handshake", async () => {
    const event = webSocketEvent();
    const { requestContext } = event;

    const item = await opened({ ...event, requestContext: { ...requestContext, identity: { userArn: "arn:aws:iam::1:user/ann" } } });

    expect(item.auth).toEqual({ kind: "iam", userArn: "arn:aws:iam::1:user/ann" });
  });

  it("gives a handler what it can have of an event made by hand", async () => {
    const item = await opened({ requestContext: { connectionId: "c", eventType: "CONNECT", routeKey: "$connect" } } as never);

    expect(item).toMatchObject({
      connectionId: "c",
      connectedAt: undefined,
      at: undefined,
      clientIp: undefined,
      stage: undefined,
      auth: undefined,
      query: {},
    });
  });

  it("accepts its own events, and no others", () => {
    const { accepts } = webSocket();
    const own = [webSocketConnectFixture, webSocketMessageFixture, webSocketDisconnectFixture];
    const others = [
      albFixture,
      functionUrlFixture,
      httpApiGetFixture,
      restApiFixture,
      null,
      undefined,
      5,
      "x",
      [],
      {},
      { requestContext: null },
    ];

    expect(own.map((event) => [accepts(event), http().accepts(event)])).toEqual(own.map(() => [true, false]));
    expect(others.map(accepts)).toEqual(others.map(() => false));
    expect(accepts({ ...webSocketConnectFixture, type: "REQUEST", methodArn: "arn" }), "an authorizer's event").toBe(false);
  });

  it("names items by the request", async () => {
    const handler = wrap(webSocket(), (_item, { delivery }) => delivery);

    expect(JSON.parse((await handler(webSocketMessageFixture, context())).body as string)).toEqual({
      id: "cLmBqEm3DoEFeXA=",
      index: 0,
      source: "webSocket",
    });
  });
});

describe("a handshake", () => {
  const declared = {
    query: z.object({ room: z.coerce.number() }),
    headers: z.object({ origin: z.literal("https://game.example.com") }),
    cookies: z.object({ session: z.string().min(3) }),
  };
  const handshake = { query: { room: "7" }, headers: { Origin: "https://game.example.com", Cookie: "session=abc" } };

  it("is what the schemas make of its parts, and a request as all are", async () => {
    const seen: unknown[] = [];
    await wrap(webSocket(declared), (item) => {
      if (item.eventType !== "CONNECT") return;
      const { request } = item;
      seen.push(item.query, item.headers.origin, item.headers.get("host"), item.cookies, item.body);
      seen.push(
        request.method,
        request.path,
        request.url.search,
        request.query,
        request.clientIp,
        request.toRequest().headers.get("origin"),
      );
    })(webSocketEvent(handshake), context());

    const host = "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com";
    expect(seen).toEqual([
      { room: 7 },
      "https://game.example.com",
      host,
      { session: "abc" },
      undefined,
      "GET",
      "/",
      "?room=7",
      { room: 7 },
      "192.0.2.1",
      "https://game.example.com",
    ]);
  });

  it("is refused with 400 where its parts do not fit, before the handler is called", async () => {
    const handler = vi.fn();
    const wrong = { query: { room: "x" }, headers: { Origin: "https://evil.example", Cookie: "session=a" } };

    expect(await wrap(webSocket(declared), handler)(webSocketEvent(wrong), context())).toEqual({
      statusCode: 400,
    });
    expect(handler).not.toHaveBeenCalled();
  });

  it("is awaited where a schema is asynchronous", async () => {
    const query = z.object({ room: z.string().refine(async (room) => room === "7") });
    const asked = async (room: string) =>
      (await wrap(webSocket({ query }), () => {})(webSocketEvent({ query: { room } }), context())).statusCode;

    expect([await asked("7"), await asked("8")]).toEqual([200, 400]);
  });

  it("asks nothing of messages and of the end", async () => {
    for (const event of [webSocketMessageFixture, webSocketDisconnectFixture]) {
      expect(
        await wrap(webSocket(declared), ({ request }) => {
          expect(request).toBeUndefined();
        })(event, context()),
      ).toEqual({
        statusCode: 200,
      });
    }
  });
});

describe("a response schema", () => {
  const response = z.object({ moved: z.string() });
  const answered = async (output: unknown, event: WebSocketEvent = webSocketMessageFixture) =>
    wrap(webSocket({ response }), async () => output as never)(event, context());

  it("is held against what a message is answered with, and sends what it makes of that", async () => {
    expect(await answered({ moved: "e4", secret: "x" })).toEqual({ statusCode: 200, body: '{"moved":"e4"}' });
    expect(await answered({ moved: 5 })).toMatchObject({ statusCode: 500, body: expect.not.stringContaining("moved") });
  });

  it("lets a message be without an answer", async () => {
    expect(await answered(undefined)).toEqual({ statusCode: 200 });
  });

  it.for([webSocketConnectFixture, webSocketDisconnectFixture])("asks nothing of other events", async (event) => {
    expect(await answered(undefined, event)).toEqual({ statusCode: 200 });
    expect((await answered(reply(403), event)).statusCode).toBe(403);
  });
});

describe("a message's body", () => {
  it("is what the schema makes of it, and of no other event", async () => {
    const handler = wrap(webSocket({ body: Move }), async (item) => (item.eventType === "MESSAGE" ? item.body.to : "none"));

    expect(await handler(webSocketMessageFixture, context())).toEqual({ statusCode: 200, body: "e4" });
    expect(await handler(webSocketConnectFixture, context())).toEqual({ statusCode: 200 });
    expect(await handler(webSocketDisconnectFixture, context())).toEqual({ statusCode: 200 });
  });

  it("may be bytes, or nothing", async () => {
    const seen: unknown[] = [];
    const handler = wrap(webSocket({ body: bytes() }), (item) => void seen.push(item.body));

    await handler(webSocketEvent({ body: new Uint8Array([0, 255]) }), context());
    await handler(webSocketEvent({ eventType: "MESSAGE" }), context());

    expect(seen).toEqual([new Uint8Array([0, 255]), new Uint8Array()]);
  });

  it("is awaited where its schema is asynchronous", async () => {
    const later = Move.refine(async () => true);
    const reads = layer("reads", async (item: SocketItem<unknown>, _ctx, next) => next({ early: item.body !== undefined }), {
      reads: true,
    });

    expect(await wrap(webSocket({ body: later }), reads, (_item, { early }) => early)(webSocketMessageFixture, context())).toMatchObject({
      body: "true",
    });
  });

  it.for<{ what: string; event: WebSocketEvent }>([
    { what: "it is no JSON", event: webSocketEvent({ body: "hello" }) },
    { what: "it does not fit", event: webSocketEvent({ body: { action: "move" } }) },
    { what: "there is none", event: webSocketEvent({ eventType: "MESSAGE" }) },
    { what: "it is no text", event: { ...webSocketEvent({ body: "x" }), body: 5 as never } },
    { what: "it has a key that changes objects", event: webSocketEvent({ body: '{"__proto__":1}' }) },
  ])("is refused with 400 and a problem document where $what", async ({ event }) => {
    const { statusCode, body } = await served(event, () => "ok", Move);

    expect(statusCode).toBe(400);
    expect(JSON.parse(body as string)).toMatchObject({ title: "Bad Request", errors: [{ in: "body" }] });
  });

  it("is base64 only where its codec says so", async () => {
    const handler = wrap(webSocket({ body: base64(bytes()) }), (item) => item.body?.length);

    expect(await handler(webSocketEvent({ body: "AAEC" }), context())).toMatchObject({ body: "3" });
  });
});

describe("the reply", () => {
  it.for<{ what: string; event: WebSocketEvent; handler: () => unknown; gives: object }>([
    { what: "lets a client in", event: webSocketConnectFixture, handler: () => undefined, gives: { statusCode: 200 } },
    { what: "refuses a client by a reply", event: webSocketConnectFixture, handler: () => reply(403), gives: { statusCode: 403 } },
    {
      what: "refuses a client by an error",
      event: webSocketConnectFixture,
      handler: () => Promise.reject(new ForbiddenError("s3cret")),
      gives: { statusCode: 403 },
    },
    {
      what: "refuses a client when the handler breaks",
      event: webSocketConnectFixture,
      handler: () => Promise.reject(new Error("x")),
      gives: { statusCode: 500 },
    },
    {
      what: "chooses a subprotocol",
      event: webSocketConnectFixture,
      handler: () => reply(200, undefined, { "sec-websocket-protocol": "moves.v1" }),
      gives: { statusCode: 200, headers: { "sec-websocket-protocol": "moves.v1" } },
    },
    { what: "answers a message with text", event: webSocketMessageFixture, handler: () => "hi", gives: { statusCode: 200, body: "hi" } },
    {
      what: "answers a message with JSON",
      event: webSocketMessageFixture,
      handler: () => ({ a: 1 }),
      gives: { statusCode: 200, body: '{"a":1}' },
    },
    {
      what: "answers a message with bytes",
      event: webSocketMessageFixture,
      handler: () => new Uint8Array([0, 255]),
      gives: { statusCode: 200, body: "AP8=", isBase64Encoded: true },
    },
    { what: "answers a message with nothing", event: webSocketMessageFixture, handler: () => undefined, gives: { statusCode: 200 } },
    {
      what: "answers a message with an error",
      event: webSocketMessageFixture,
      handler: () => Promise.reject(new NotFoundError("No such game.")),
      gives: { statusCode: 404, body: '{"type":"about:blank","title":"Not Found","detail":"No such game.","status":404}' },
    },
    {
      what: "tells nothing of an unknown error",
      event: webSocketMessageFixture,
      handler: () => Promise.reject(new Error("s3cret")),
      gives: { statusCode: 500, body: '{"type":"about:blank","title":"Internal Server Error","status":500}' },
    },
    { what: "has nobody to answer at the end", event: webSocketDisconnectFixture, handler: () => "bye", gives: { statusCode: 200 } },
  ])("$what", async ({ event, handler, gives }) => {
    expect(await served(event, handler)).toEqual(gives);
  });

  it("of a stream is sent in one piece", async () => {
    expect(await served(webSocketMessageFixture, () => new Blob(["one ", "two"]).stream())).toMatchObject({
      statusCode: 200,
      isBase64Encoded: true,
    });
  });

  it("is 503 when the handler does not settle", async () => {
    vi.useFakeTimers();
    const pending = wrap(webSocket(), () => new Promise(() => {}))(webSocketConnectFixture, context(3_000));
    await vi.advanceTimersByTimeAsync(3_000);
    vi.useRealTimers();

    expect(await pending).toEqual({ statusCode: 503, headers: { "retry-after": "1" } });
  });

  it("of a failure outside of the item leaks nothing", async () => {
    const failing = { name: "failing", hooks: { invocation: async () => Promise.reject(new Error("s3cret")) } };

    const { statusCode, body } = await wrap(webSocket(), failing, () => "ok")(webSocketMessageFixture, context());

    expect(statusCode).toBe(500);
    expect(body).not.toContain("s3cret");
    expect(console.error).toHaveBeenCalledOnce();
  });
});

describe("wrong options", () => {
  it.for(["query", "headers", "cookies", "response"])("throw at load: %s that is no schema", (option) => {
    expect(() => webSocket({ [option]: 5 })).toThrow(
      expect.objectContaining({ message: expect.stringContaining(`webSocket({ ${option} })`) }),
    );
  });

  it("throw at load", () => {
    expect(() => webSocket({ body: 5 as never })).toThrow(TypeError);
    expect(() => webSocket({ hardMs: -1 })).toThrow(RangeError);
  });
});
