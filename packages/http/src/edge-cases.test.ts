import { wrap } from "@lamella/core";
import { lambdaContext } from "@lamella/testing";
import { streamResponse } from "@lamella/testing/http";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Does, EdgeCase, Picture } from "../test/edge-cases/edge-case.ts";
import { eventCases } from "../test/edge-cases/event-cases.ts";
import { replyCases } from "../test/edge-cases/reply-cases.ts";
import { requestCases } from "../test/edge-cases/request-cases.ts";
import { anySource, type Service, services } from "../test/edge-cases/services.ts";
import { type HttpRequest, reply, stream } from "./index.ts";

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

function pictureOf({ method, path, url, headers, cookies, clientIp, bytes }: HttpRequest): Picture {
  return {
    method,
    path,
    target: url.pathname + url.search,
    query: [...url.searchParams],
    headers: Object.fromEntries(headers),
    cookies: { ...(cookies as Record<string, string>) },
    clientIp: clientIp ?? "",
    body: Buffer.from(bytes()).toString("base64"),
  };
}

function act(does: Does, request: HttpRequest): unknown {
  switch (does.does) {
    case "mirror":
      return pictureOf(request);
    case "reply":
      return reply(does.status, does.body, does.headers ?? {});
    case "respond":
      return new Response(does.body as string, {
        status: does.status,
        headers: [...(does.headers ?? [])].map(([name, value]): [string, string] => [name, value]),
      });
    case "return":
      return does.value;
    default:
      throw Object.assign(new Error(does.message), does.with);
  }
}

async function run(
  service: Service,
  source: ReturnType<Service["source"]>,
  { request = {}, change = (event) => event, handler = { does: "mirror" } }: EdgeCase,
) {
  const event = change(service.toEvent(request));
  const before = structuredClone(event);
  const result = await wrap(source, async (item) => act(handler, item as unknown as HttpRequest))(event, lambdaContext());
  expect(event, "the event was changed").toEqual(before);
  return { raw: result as Record<string, unknown>, response: service.toResponse(result as never) };
}

/** The same of a handler that streams: nothing of it is packed. */
async function runStreaming(
  service: Service,
  source: ReturnType<Service["source"]>,
  { request = {}, change = (event) => event, handler = { does: "mirror" } }: EdgeCase,
) {
  const lambda = stream(wrap(source, async (item) => act(handler, item as unknown as HttpRequest)));
  const response = await streamResponse(lambda as never, change(service.toEvent(request)) as never);
  return { raw: {} as Record<string, unknown>, response };
}

async function check(service: Service, source: ReturnType<Service["source"]>, row: EdgeCase, runs: typeof run = run): Promise<void> {
  const { raw, response } = await runs(service, source, row);
  const bytes = Buffer.from(await response.arrayBuffer());
  const { status = 200, headers = {}, noHeaders = [], cookies, text, bytes: expected, isBase64, hides } = row.seen ?? {};

  expect(response.status, bytes.toString()).toBe(status);
  if (row.picture !== undefined) expect(JSON.parse(bytes.toString())).toMatchObject({ ...row.picture, ...row.but?.[service.name] });
  expect(Object.fromEntries(response.headers)).toMatchObject(headers);
  for (const name of noHeaders) expect(response.headers.has(name), name).toBe(false);
  if (cookies !== undefined) expect(response.headers.getSetCookie()).toEqual(cookies);
  if (text !== undefined) expect(bytes.toString()).toBe(text);
  if (expected !== undefined) expect(bytes.toString("base64")).toBe(expected);
  if (isBase64 !== undefined) expect(raw["isBase64Encoded"] ?? false).toBe(isBase64);
  if (hides !== undefined) expect(JSON.stringify(raw)).not.toContain(hides);
}

const rows = [...requestCases, ...eventCases, ...replyCases];
const sourceOptions = ({ stripStage = false }: EdgeCase) => ({ stripStage });

describe.for(services)("behind $name a handler's request or reply", (service) => {
  it.for(rows.filter(({ not }) => not?.[service.name] === undefined))("$name", async (row) =>
    check(service, service.source(sourceOptions(row)), row),
  );
});

describe.for(services.filter(({ streams }) => streams))("streaming to $name", (service) => {
  it("sees and sends all of that as in one piece", async () => {
    for (const row of rows.filter(({ not }) => not?.[service.name] === undefined)) {
      const { isBase64: _, headers: { "content-length": __, ...headers } = {}, ...seen } = row.seen ?? {};
      // Nobody knows the length of a stream, and a promised one would be a lie.
      const streamed = { ...row, seen: { ...seen, headers } };
      await check(service, service.source(sourceOptions(row)), streamed, runStreaming);
    }
  });
});

describe.for(services)("http() behind $name", (service) => {
  it("sees and sends all of that as the service's own source does", async () => {
    for (const row of rows.filter(({ not }) => not?.[service.name] === undefined)) {
      const { but, ...rest } = row;
      // A function URL's event without its context says no more whose it is; the two are the same in all but the name.
      await check(service, anySource(sourceOptions(row)), { ...rest, ...(but && { but }) });
    }
  });
});

describe("replies", () => {
  const replyOf = async (name: Service["name"], handler: Does) => {
    const service = services.find((one) => one.name === name) as Service;
    return (await run(service, service.source(), { name: "", handler })).raw;
  };

  it.for([
    { name: "REST API" as const, shape: { statusCode: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: "hi" } },
    { name: "HTTP API 1.0" as const, shape: { statusCode: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: "hi" } },
    { name: "HTTP API 2.0" as const, shape: { statusCode: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: "hi" } },
    { name: "function URL" as const, shape: { statusCode: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: "hi" } },
    {
      name: "ALB, single values" as const,
      shape: {
        statusCode: 200,
        statusDescription: "200 OK",
        headers: { "content-type": "text/plain; charset=utf-8" },
        body: "hi",
        isBase64Encoded: false,
      },
    },
    {
      name: "ALB, multi values" as const,
      shape: {
        statusCode: 200,
        statusDescription: "200 OK",
        multiValueHeaders: { "content-type": ["text/plain; charset=utf-8"] },
        body: "hi",
        isBase64Encoded: false,
      },
    },
    {
      name: "Lattice 1" as const,
      shape: { statusCode: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: "hi", isBase64Encoded: false },
    },
    {
      name: "Lattice 2" as const,
      shape: { statusCode: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: "hi", isBase64Encoded: false },
    },
  ])("to $name have its shape, and no member more", async ({ name, shape }) => {
    expect(await replyOf(name, { does: "return", value: "hi" })).toEqual(shape);
  });

  it.for([
    { name: "REST API" as const, part: { multiValueHeaders: { "set-cookie": ["a=1", "b=2"] }, headers: {} } },
    { name: "HTTP API 2.0" as const, part: { cookies: ["a=1", "b=2"], headers: {} } },
    { name: "ALB, single values" as const, part: { headers: { "set-cookie": "a=1", "Set-cookie": "b=2" } } },
    { name: "ALB, multi values" as const, part: { multiValueHeaders: { "set-cookie": ["a=1", "b=2"] } } },
    { name: "Lattice 2" as const, part: { headers: { "set-cookie": "a=1" }, cookies: ["b=2"] } },
  ])("to $name have cookies where it wants them", async ({ name, part }) => {
    expect(await replyOf(name, { does: "reply", status: 204, headers: { "set-cookie": ["a=1", "b=2"] } })).toMatchObject(part);
  });
});
