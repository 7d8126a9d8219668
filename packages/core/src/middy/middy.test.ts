import { sqs } from "@lamella/events/sqs";
import { HttpError, httpApi, reply } from "@lamella/http";
import { httpApiEvent, lambdaContext, sqsEvent, testing } from "@lamella/testing";
import middyCore, { type MiddlewareObj } from "@middy/core";
import doNotWait from "@middy/do-not-wait-for-empty-event-loop";
import errorLogger from "@middy/error-logger";
import httpCors from "@middy/http-cors";
import jsonBodyParser from "@middy/http-json-body-parser";
import inputOutputLogger from "@middy/input-output-logger";
import { getInternal } from "@middy/util";
import warmupMiddleware from "@middy/warmup";
import type { Context } from "aws-lambda";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { direct, type LambdaContext, whole, wrap } from "../index.ts";
import { type MiddyMiddleware, type MiddyRequest, middy } from "./index.ts";

describe("middy", () => {
  // The same middlewares around the same work, in both.
  it.for<{ what: string; middlewares: (log: (line: string) => void) => MiddyMiddleware<MiddyRequest>[]; fails?: boolean }>([
    { what: "runs before in order and after in reverse", middlewares: (log) => [traced("a", log), traced("b", log)] },
    { what: "runs onError in reverse, and rejects", middlewares: (log) => [traced("a", log), traced("b", log)], fails: true },
    {
      what: "returns early from before, and runs no after",
      middlewares: (log) => [traced("a", log), { before: () => "early" }, traced("b", log)],
    },
    { what: "returns early from after", middlewares: (log) => [traced("a", log), { after: () => "early" }] },
    {
      what: "answers early with nothing",
      middlewares: (log) => [{ before: (request) => void (request.earlyResponse = undefined) }, traced("a", log)],
    },
    { what: "replaces the response in after", middlewares: () => [{ after: (request) => void (request.response = "replaced") }] },
    { what: "answers in onError", middlewares: () => [{ onError: (request) => void (request.response = "rescued") }], fails: true },
    {
      what: "returns early from onError",
      middlewares: (log) => [traced("a", log), { onError: () => "rescued" }],
      fails: true,
    },
    {
      what: "replaces the error in onError",
      middlewares: () => [{ onError: (request) => void (request.error = new Error("other")) }],
      fails: true,
    },
    {
      what: "takes what onError throws",
      middlewares: () => [
        {
          onError: () => {
            throw new Error("of onError");
          },
        },
      ],
      fails: true,
    },
    {
      what: "hands what before throws to onError",
      middlewares: (log) => [
        traced("a", log),
        {
          before: () => {
            throw new Error("of before");
          },
        },
      ],
    },
  ])("$what, as Middy does", async ({ middlewares, fails = false }) => {
    const work = async () => {
      if (fails) throw new Error("of the handler");
      return "done";
    };
    const run = async (make: (list: MiddyMiddleware<MiddyRequest>[]) => (event: unknown, context: LambdaContext) => Promise<unknown>) => {
      const lines: string[] = [];
      const outcome = await make(middlewares((line) => lines.push(line)))({ id: 1 }, lambdaContext()).catch(String);
      return { lines, outcome };
    };

    const ours = await run((list) => wrap(direct(), middy(list), work));
    const theirs = await run((list) => {
      const chain = middyCore(work).use(list as object as MiddlewareObj[]);
      return async (event, context) => chain(event, context as object as Context);
    });

    expect(ours).toEqual(theirs);
  });

  it("keeps the handler's error as the cause of what onError throws", async () => {
    const replaced = new Error("of onError");
    const cause = new Error("of the handler");
    const onError = () => {
      throw replaced;
    };

    await expect(wrap(direct(), middy({ onError }), () => Promise.reject(cause))({}, lambdaContext())).rejects.toBe(replaced);
    expect(replaced.cause).toBe(cause);
  });

  it("gives the event to middlewares as a copy, and what they made of it to the handler on request", async () => {
    const event = httpApiEvent({ method: "POST", path: "/", headers: { "content-type": "application/json" }, body: '{"id":"a"}' });
    const before = structuredClone(event);
    const handler = wrap(httpApi(), middy(jsonBodyParser(), { as: "parsed" }), async (_request, { parsed }) => ({
      got: (parsed.event as { readonly body: unknown }).body,
    }));

    const result = await handler(event, lambdaContext());

    expect(JSON.parse((result as { body: string }).body)).toEqual({ got: { id: "a" } });
    expect(event).toEqual(before);
  });

  it("adds headers to a response over HTTP, and keeps its cookies and bytes", async () => {
    const bytes = new Uint8Array([0, 255]);
    const handler = wrap(httpApi(), middy(httpCors({ origin: "https://example.com" })), async () =>
      reply(201, bytes, { "set-cookie": ["a=1", "b=2"], "content-type": "image/png" }),
    );

    expect(await handler(httpApiEvent({ path: "/" }), lambdaContext())).toMatchObject({
      statusCode: 201,
      headers: { "access-control-allow-origin": "https://example.com", "content-type": "image/png" },
      cookies: ["a=1", "b=2"],
      body: Buffer.from(bytes).toString("base64"),
      isBase64Encoded: true,
    });
  });

  it("answers a preflight without the handler, whatever responses are declared", async () => {
    const work = vi.fn(async () => ({ id: "a" }));
    const cors = httpCors({ origin: "*", methods: "GET", disableBeforePreflightResponse: false });
    const handler = wrap(httpApi({ response: z.object({ id: z.string() }) }), middy(cors), work);

    const result = await handler(httpApiEvent({ method: "OPTIONS", path: "/" }), lambdaContext());

    expect(result).toMatchObject({ statusCode: 204, headers: { "access-control-allow-methods": "GET" } });
    expect(work).not.toHaveBeenCalled();
  });

  it("lets an error over HTTP become the source's response where no middleware made one", async () => {
    const logger = vi.fn();
    const handler = wrap(httpApi(), middy([errorLogger({ logger }), httpCors({ origin: "*" })]), async () => {
      throw new HttpError(409);
    });

    expect(await handler(httpApiEvent({ path: "/" }), lambdaContext())).toMatchObject({ statusCode: 409 });
    expect(logger).toHaveBeenCalledWith(expect.objectContaining({ error: expect.objectContaining({ status: 409 }) }));
  });

  it("logs what goes in and comes out", async () => {
    const logger = vi.fn();
    const handler = wrap(direct<{ id: string }, { ok: boolean }>(), middy(inputOutputLogger({ logger })), async () => ({ ok: true }));

    expect(await handler({ id: "a" }, lambdaContext())).toEqual({ ok: true });
    expect(logger.mock.calls).toEqual([[{ event: { id: "a" } }], [{ response: { ok: true } }]]);
  });

  it("shares Lambda's own context", async () => {
    const context = lambdaContext();

    await wrap(direct(), middy(doNotWait()), async () => {})({}, context);

    expect(context).toMatchObject({ callbackWaitsForEmptyEventLoop: false });
  });

  it("shares `internal` among the middlewares, and with the handler on request", async () => {
    const secret = { before: (request: MiddyRequest) => void (request.internal["password"] = Promise.resolve("pa55")) };
    const toContext = {
      before: async (request: MiddyRequest) => void Object.assign(request.context, await getInternal(["password"], request as never)),
    };
    const handler = wrap(direct(), middy([secret, toContext], { as: "legacy" }), async (_event, { legacy }) => [
      await legacy.internal["password"],
      legacy.context,
    ]);

    expect(await handler({}, lambdaContext())).toEqual(["pa55", expect.objectContaining({ password: "pa55" })]);
  });

  it("answers direct pings with Middy's warmup", async () => {
    const handler = wrap(direct<{ source?: string }, string>(), middy(warmupMiddleware()), async () => "handled");

    expect(await handler({ source: "serverless-plugin-warmup" }, lambdaContext())).toBe("warmup");
    expect(await handler({}, lambdaContext())).toBe("handled");
  });

  it("runs around each record of a batch, with the record for an event", async () => {
    const logger = vi.fn();
    const seen: unknown[] = [];
    const handler = wrap(
      sqs(),
      middy([{ before: ({ event }: MiddyRequest) => void seen.push(event) }, errorLogger({ logger })]),
      async ({ body }) => {
        if (body === "b") throw new Error("no");
      },
    );
    const event = sqsEvent([{ body: "a" }, { body: "b", id: "2" }]);

    expect((await testing(handler).send(event)).reply).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
    expect(seen).toEqual(event.Records);
    expect(logger).toHaveBeenCalledOnce();
  });

  it("shows the schema of a direct reply what the handler returned only once", async () => {
    const transform = vi.fn((n: number) => n + 1);
    const handler = wrap(direct({ output: z.number().transform(transform) }), middy({ after: () => undefined }), async () => 1);

    expect(await handler({}, lambdaContext())).toBe(2);
    expect(transform).toHaveBeenCalledOnce();
  });

  it("says why it cannot stand around a whole batch", async () => {
    const handler = wrap(whole(sqs()), middy(doNotWait()), async () => {});

    await expect(handler(sqsEvent([{ body: "a" }]), lambdaContext())).rejects.toMatchObject({
      errors: [expect.objectContaining({ message: expect.stringContaining("middy(…) cannot stand around whole(…)") })],
    });
  });

  it.for<{ what: string; given: unknown; says: string }>([
    { what: "a handler of Middy's", given: middyCore(), says: "middy(middlewares) must be objects with before, after or onError" },
    { what: "a middleware of nothing", given: errorLogger({ logger: false as never }), says: "objects with before, after or onError" },
    { what: "a middleware that is not called", given: httpCors, says: "got the function httpCorsMiddleware" },
    { what: "an empty list", given: [], says: "a middleware, or a list of them" },
    { what: "a hook that is no function", given: { before: 1 }, says: "objects with before, after or onError" },
  ])("refuses $what at load", ({ given, says }) => {
    expect(() => middy(given as MiddyMiddleware)).toThrow(says);
  });
});

function traced(name: string, log: (line: string) => void): MiddyMiddleware<MiddyRequest> {
  return {
    before: () => log(`before ${name}`),
    after: ({ response }) => log(`after ${name} ${String(response)}`),
    onError: ({ error }) => log(`onError ${name} ${String(error)}`),
  };
}
