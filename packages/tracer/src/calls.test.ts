import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { direct, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { sqsEvent } from "@lamella/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { namesOf, treesOf } from "../test/daemon.ts";
import { PARENT, TRACE, tracedContext, useXRay } from "../test/x-ray.ts";
import { tracer } from "./tracer.ts";
import { captured } from "./xray/captured.ts";

const xray = useXRay();

/** What the server was asked, by the path, with the trace that came along. */
const asked = new Map<string, string | undefined>();
/** Lets the answer to "/held" go. */
let release = (): void => {};
let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.set(request.url ?? "", request.headers["x-amzn-trace-id"] as string | undefined);
    if (request.url === "/broken") {
      request.socket.destroy();
      return;
    }
    if (request.url === "/held") {
      release = () => void response.end("{}");
      return;
    }
    response.statusCode = Number(/\d+/.exec(request.url ?? "")?.[0] ?? 200);
    response.setHeader("content-type", "application/x-amz-json-1.0").end("{}");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => asked.clear());
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const client = (): DynamoDBClient =>
  new DynamoDBClient({
    endpoint: origin,
    region: "eu-west-1",
    maxAttempts: 1,
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" },
  });

describe("fetch", () => {
  it("are subsegments below the span in whose course they are called, and hand the trace on", async () => {
    const handler = wrap(direct(), tracer(), async (_event, { trace }) => {
      await trace.span("load", () => fetch(`${origin}/orders`));
    });

    await handler({}, tracedContext());

    const documents = await xray().received(4);
    const [item] = treesOf(documents, PARENT)[0]?.children ?? [];
    expect(namesOf(item?.children ?? [])).toEqual([["load", ["127.0.0.1"]]]);
    const call = item?.children[0]?.children[0];
    expect(call).toMatchObject({
      namespace: "remote",
      http: { request: { url: `${origin.replace(/:\d+$/, "")}/orders`, method: "GET" }, response: { status: 200 } },
    });
    expect(asked.get("/orders")).toBe(`Root=${TRACE};Parent=${call?.id};Sampled=1`);
  });

  it.for([
    { status: 404, flag: "error" },
    { status: 500, flag: "fault" },
  ])("have the flag of their status: $status", async ({ status, flag }) => {
    await wrap(direct(), tracer(), async () => void (await fetch(`${origin}/${status}`)))({}, tracedContext());

    const [item] = treesOf(await xray().received(3), PARENT)[0]?.children ?? [];
    expect(item?.children[0]).toMatchObject({ [flag]: true, http: { response: { status } } });
    expect(item).not.toHaveProperty(flag);
  });

  it("note that nobody answered", async () => {
    await wrap(direct(), tracer(), async () => void (await fetch(`${origin}/broken`).catch(() => {})))({}, tracedContext());

    const [item] = treesOf(await xray().received(3), PARENT)[0]?.children ?? [];
    expect(item?.children[0]).toMatchObject({ namespace: "remote", fault: true });
  });

  it("belong to the item that calls, of many at once", async () => {
    const handler = wrap(sqs({ concurrency: 20 }), tracer(), async ({ body }, { trace }) => {
      trace.annotate("own", body);
      await fetch(`${origin}/${body}`);
    });
    const names = Array.from({ length: 40 }, (_, index) => `item-${String.fromCharCode(97 + (index % 20))}${index < 20 ? "" : "-again"}`);

    await handler(sqsEvent(names.map((body) => ({ body }))), tracedContext());

    const [invocation] = treesOf(await xray().received(81), PARENT);
    expect(invocation?.children).toHaveLength(40);
    for (const { annotations, children } of invocation?.children ?? []) {
      expect(children).toHaveLength(1);
      expect(children[0]?.http?.request?.url).toContain(`/${String(annotations?.["own"])}`);
      expect(asked.get(`/${String(annotations?.["own"])}`)).toContain(`Parent=${children[0]?.id}`);
    }
  });

  it("are sent once, though nobody waits for them", async () => {
    let call: Promise<Response> | undefined;
    const handler = wrap(direct(), tracer(), async () => {
      call = fetch(`${origin}/held`);
      await vi.waitFor(() => expect(asked.has("/held")).toBe(true));
    });

    await handler({}, tracedContext());
    release();
    await (await call)?.text();

    const documents = await xray().received(3);
    expect(documents.map(({ name }) => name)).toEqual(["127.0.0.1", "direct", "## index.handler"]);
    expect(documents.every(({ end_time }) => end_time !== undefined)).toBe(true);
  });

  it("are not recorded for items that are not, and say so to the services they call", async () => {
    const handler = wrap(sqs({ concurrency: 10 }), tracer(), async ({ body }) => {
      if (body === "last") await fetch(`${origin}/unrecorded`);
    });

    await handler(sqsEvent([...Array.from({ length: 100 }, () => ({ body: "x" })), { body: "last" }]), tracedContext());

    expect(await xray().received(101)).toHaveLength(101);
    expect(asked.get("/unrecorded")).toMatch(/Sampled=0$/);
  });
});

describe("captured(client)", () => {
  it("gives the client, whose calls are subsegments from the first traced invocation on", async () => {
    const own = client();
    const dynamodb = captured(own);
    const late = captured(client());
    const handler = wrap(direct(), tracer(), async (_event, { trace }) => {
      await trace.span("list", () => dynamodb.send(new ListTablesCommand({})));
      await late.send(new ListTablesCommand({}));
    });

    await handler({}, tracedContext());

    expect(dynamodb).toBe(own);
    const [item] = treesOf(await xray().received(5), PARENT)[0]?.children ?? [];
    expect(namesOf(item?.children ?? [])).toEqual([["list", ["DynamoDB"]], "DynamoDB"]);
    expect(item?.children[1]).toMatchObject({ namespace: "aws", aws: { operation: "ListTables", region: "eu-west-1" } });
    own.destroy();
    late.destroy();
  });

  it("leaves the failures of calls as they are", async () => {
    const dynamodb = captured(
      new DynamoDBClient({
        endpoint: `${origin}/400`,
        region: "eu-west-1",
        maxAttempts: 1,
        credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" },
      }),
    );
    const handler = wrap(direct(), tracer(), () => dynamodb.send(new ListTablesCommand({})));

    await expect(handler({}, tracedContext())).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });

    const documents = await xray().received(3);
    expect(documents.find(({ namespace }) => namespace === "aws")).toMatchObject({ error: true, fault: true });
    dynamodb.destroy();
  });

  it("does its work outside of any invocation", async () => {
    const warn = vi.spyOn(console, "error").mockImplementation(() => {});
    const dynamodb = captured(client());

    await expect(dynamodb.send(new ListTablesCommand({}))).resolves.toBeDefined();

    expect(warn).not.toHaveBeenCalled();
    // As with Powertools: below the segment that Lambda writes.
    expect(namesOf(treesOf(await xray().received(1), PARENT))).toEqual(["DynamoDB"]);
    dynamodb.destroy();
  });
});

describe("http", () => {
  it("is a subsegment as well", async () => {
    const { default: http } = await import("node:http");
    const handler = wrap(direct(), tracer(), async () => {
      await new Promise<void>((resolve, reject) => {
        http.get(`${origin}/by-http`, {}, (response) => response.resume().on("end", resolve)).on("error", reject);
      });
    });

    await handler({}, tracedContext());

    const [item] = treesOf(await xray().received(3), PARENT)[0]?.children ?? [];
    expect(item?.children).toMatchObject([{ name: "127.0.0.1", namespace: "remote", http: { response: { status: 200 } } }]);
  });
});
