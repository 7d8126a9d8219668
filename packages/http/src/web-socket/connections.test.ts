import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { direct, wrap } from "@lamella/core";
import { webSocketEvent } from "@lamella/testing";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { context } from "../../test/api-event.ts";
import { type Connections, connections } from "./connections.ts";
import { webSocket } from "./web-socket-source.ts";

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** The management API on loopback, which answers as it is told. */
async function management(answer: (response: ServerResponse, count: number) => void) {
  const requests: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url, headers } = request;
    requests.push({ method, url, authorization: headers.authorization, body: Buffer.concat(chunks).toString("latin1") });
    answer(response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const ok = (response: ServerResponse) => void response.end();
const failing = (status: number, type: string) => (response: ServerResponse) =>
  void response.writeHead(status, { "x-amzn-errortype": type, "x-amzn-requestid": "r-1" }).end('{"message":"s3cret"}');

beforeEach(() => {
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "the-secret-key");
  // No waiting between tries, so that no test sleeps.
  vi.spyOn(Math, "random").mockReturnValue(0);
});

/** Runs `use` in a function that no connection invokes. */
async function using<Result>(endpoint: string, use: (sender: Connections<unknown>) => Promise<Result>): Promise<Result> {
  const handler = wrap(direct(), connections({ endpoint }), async (_event, ctx) => ({ result: await use(ctx.connections) }));
  return ((await handler({}, context())) as { result: Result }).result;
}

describe("send", () => {
  it.for<{ what: string; message: unknown; body: string }>([
    { what: "text as it is", message: "hello", body: "hello" },
    { what: "an object as JSON", message: { to: "e4" }, body: '{"to":"e4"}' },
    { what: "null as JSON", message: null, body: "null" },
    { what: "bytes as they are", message: new Uint8Array([0, 255]), body: "\0ÿ" },
  ])("sends $what, signed, to the connection", async ({ message, body }) => {
    const { endpoint, requests } = await management(ok);

    expect(await using(`${endpoint}/prod`, ({ send }) => send("L0SM9cOFvHcCIhw=", message))).toBe("sent");
    expect(requests).toEqual([
      {
        method: "POST",
        url: "/prod/%40connections/L0SM9cOFvHcCIhw%3D",
        authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request/),
        body,
      },
    ]);
  });

  it("says that a connection is gone, and tries no second time", async () => {
    const { endpoint, requests } = await management(failing(410, "GoneException"));

    expect(await using(endpoint, ({ send }) => send("c", "x"))).toBe("gone");
    expect(requests).toHaveLength(1);
  });

  it("tries again what is throttled", async () => {
    const { endpoint, requests } = await management((response, count) =>
      count === 1 ? failing(429, "LimitExceededException")(response) : ok(response),
    );

    expect(await using(endpoint, ({ send }) => send("c", "x"))).toBe("sent");
    expect(requests).toHaveLength(2);
  });

  it.for([
    { status: 403, type: "ForbiddenException" },
    { status: 413, type: "PayloadTooLargeException" },
  ])("rejects with AwsError for $status, without what was sent", async ({ status, type }) => {
    const { endpoint } = await management(failing(status, type));

    const error: unknown = await using(endpoint, ({ send }) => send("c", "x")).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "LAMELLA_AWS", status, awsCode: type });
    expect((error as Error).message).toContain("PostToConnection");
    expect((error as Error).message).not.toContain("s3cret");
  });

  it.for([undefined, 1n, () => {}])("sends nothing that is no JSON: %s", async (message) => {
    const { endpoint, requests } = await management(ok);

    await expect(using(endpoint, ({ send }) => send("c", message))).rejects.toMatchObject({ code: "LAMELLA_OUTPUT" });
    expect(requests).toEqual([]);
  });

  it.for(["", undefined, 5])("sends to no connection that has no id: %s", async (id) => {
    await expect(using("http://127.0.0.1:1", ({ send }) => send(id as string, "x"))).rejects.toThrow(TypeError);
  });

  it("sends what the schema makes of a message, and nothing that does not fit", async () => {
    const { endpoint, requests } = await management(ok);
    const News = z.object({ at: z.date().transform((date) => date.toISOString()) });
    const handler = wrap(direct<Date | string>(), connections({ endpoint, message: News }), async (at, ctx) =>
      ctx.connections.send("c", { at: at as Date }),
    );

    expect(await handler(new Date(0), context())).toBe("sent");
    await expect(handler("never", context())).rejects.toMatchObject({ code: "LAMELLA_OUTPUT" });
    expect(requests.map(({ body }) => body)).toEqual(['{"at":"1970-01-01T00:00:00.000Z"}']);
  });
});

describe("close and get", () => {
  it.for([
    { what: "a connection that is there", answer: ok, gives: "closed" },
    { what: "one that is gone", answer: failing(410, "GoneException"), gives: "gone" },
  ])("ends $what: $gives", async ({ answer, gives }) => {
    const { endpoint, requests } = await management(answer);

    expect(await using(endpoint, ({ close }) => close("c"))).toBe(gives);
    expect(requests).toMatchObject([{ method: "DELETE", url: "/%40connections/c" }]);
  });

  it.for<{ what: string; body: string; gives: object }>([
    {
      what: "all of it",
      body: '{"connectedAt":"2026-01-31T12:00:00Z","lastActiveAt":"2026-01-31T12:05:00Z","identity":{"sourceIp":"192.0.2.1","userAgent":"x"}}',
      gives: {
        connectedAt: new Date("2026-01-31T12:00:00Z"),
        lastActiveAt: new Date("2026-01-31T12:05:00Z"),
        clientIp: "192.0.2.1",
        userAgent: "x",
      },
    },
    {
      what: "none of it",
      body: "{}",
      gives: { connectedAt: undefined, lastActiveAt: undefined, clientIp: undefined, userAgent: undefined },
    },
    { what: "null", body: "null", gives: { connectedAt: undefined } },
  ])("looks a connection up, and knows $what", async ({ body, gives }) => {
    const { endpoint, requests } = await management((response) => void response.end(body));

    expect(await using(endpoint, ({ get }) => get("c"))).toMatchObject(gives);
    expect(requests).toMatchObject([{ method: "GET" }]);
  });

  it("finds nothing where a connection is gone, and fails where the answer is no JSON", async () => {
    const gone = await management(failing(410, "GoneException"));
    const html = await management((response) => void response.end("<s3cret>"));

    expect(await using(gone.endpoint, ({ get }) => get("c"))).toBeUndefined();
    await expect(using(html.endpoint, ({ get }) => get("c"))).rejects.toMatchObject({ code: "LAMELLA_AWS", awsCode: "InvalidAnswer" });
  });
});

describe("the endpoint", () => {
  const hostOf = async (event: Parameters<typeof webSocketEvent>[0], options: Parameters<typeof connections>[0] = {}) => {
    const asked: string[] = [];
    const https = process.getBuiltinModule("node:https");
    vi.spyOn(https, "request").mockImplementation(((url: URL, { headers }: { headers: Record<string, string> }) => {
      asked.push(`${url.href} ${/\/([\w-]+)\/execute-api/.exec(headers["authorization"] ?? "")?.[1]}`);
      throw Object.assign(new Error("stop"), { code: "ERR_STOP" });
    }) as never);
    const handler = wrap(webSocket(), connections(options), async (_item, ctx) => ctx.connections.send("c", "x").catch(() => "stopped"));
    await handler(webSocketEvent({ body: "x", ...event }), context());
    return asked;
  };

  it.for<{ what: string; event: Parameters<typeof webSocketEvent>[0]; options?: Parameters<typeof connections>[0]; gives: string }>([
    {
      what: "the API's own, with the stage, signed for its region",
      event: { domainName: "a1b2c3.execute-api.us-east-2.amazonaws.com", stage: "dev" },
      gives: "https://a1b2c3.execute-api.us-east-2.amazonaws.com/dev/%40connections/c us-east-2",
    },
    {
      what: "the API's own behind a custom domain",
      event: { domainName: "ws.example.com", stage: "prod" },
      gives: "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/%40connections/c eu-west-1",
    },
    {
      what: "the API's own in the region that is given",
      event: { domainName: "ws.example.com" },
      options: { region: "eu-central-1" },
      gives: "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod/%40connections/c eu-central-1",
    },
    {
      what: "the one that is given",
      event: {},
      options: { endpoint: "https://ws.example.com/game" } as never,
      gives: "https://ws.example.com/game/%40connections/c eu-west-1",
    },
  ])("is $what", async ({ event, options, gives }) => {
    expect(await hostOf(event, options)).toEqual([gives]);
  });

  it("is an emulator's, where the environment names one and the domain is a custom one", async () => {
    const { endpoint, requests } = await management(ok);
    vi.stubEnv("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", endpoint);
    const handler = wrap(webSocket(), connections(), async (_item, ctx) => ctx.connections.send("c", "x"));

    expect(await handler(webSocketEvent({ body: "x", domainName: "localhost" }), context())).toMatchObject({ body: "sent" });
    expect(requests).toMatchObject([{ url: "/%40connections/c" }]);
  });
});

describe("wrong options", () => {
  it.for<{ what: string; options: object; error: typeof TypeError | typeof RangeError }>([
    { what: "an endpoint without https://", options: { endpoint: "a.execute-api.eu-west-1.amazonaws.com/prod" }, error: TypeError },
    { what: "an endpoint that is no text", options: { endpoint: 5 }, error: TypeError },
    { what: "a message that is no schema", options: { message: {} }, error: TypeError },
    { what: "a region that is no text", options: { region: 5 }, error: TypeError },
    { what: "no try", options: { attempts: 0 }, error: RangeError },
    { what: "no time", options: { timeoutMs: 0 }, error: RangeError },
  ])("throw at load: $what", ({ options, error }) => {
    expect(() => connections(options as never)).toThrow(error);
  });
});
