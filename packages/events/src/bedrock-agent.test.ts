import { layer, wrap } from "@lamella/core";
import { bedrockAgentEvent, lambdaContext, testing } from "@lamella/testing";
import { bedrockAgentApiFixture, bedrockAgentFunctionFixture } from "@lamella/testing/fixtures";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type AgentAction, bedrockAgent } from "./bedrock-agent.ts";

type Action = AgentAction<string, Readonly<Record<string, unknown>>>;

async function open(event: unknown): Promise<Action> {
  const actions: Action[] = [];
  await wrap(bedrockAgent(), async (action) => void actions.push(action))(event as never, lambdaContext());
  return actions[0] as Action;
}

const answerOf = (returned: unknown, event: unknown = bedrockAgentFunctionFixture) =>
  wrap(bedrockAgent(), async () => returned)(event as never, lambdaContext());

describe("bedrockAgent", () => {
  it("opens a function's call, with parameters as their declared types", async () => {
    expect(await open(bedrockAgentFunctionFixture)).toMatchObject({
      operation: "bookRoom",
      input: { checkIn: "2026-02-01", nights: 2, maxPrice: 99.5, breakfast: true, guests: ["Ada", "Grace"] },
      actionGroup: "booking",
      inputText: "A room for two nights, please",
      sessionId: "533568316194812",
      agent: { name: "hotel" },
      sessionAttributes: { customer: "42" },
      promptSessionAttributes: { today: "2026-01-31" },
      raw: bedrockAgentFunctionFixture,
    });
  });

  it("opens an API operation's call, with path, query and body in one input", async () => {
    expect(await open(bedrockAgentApiFixture)).toMatchObject({
      operation: "PUT /bookings/{id}",
      input: { id: "7", checkIn: "2026-03-01", nights: 3 },
    });
  });

  it.for([
    { type: "integer", value: "two" },
    { type: "number", value: " " },
    { type: "number", value: "Infinity" },
    { type: "boolean", value: "yes" },
    { type: "array", value: "[a, b]" },
    { type: "object", value: '{"__proto__":{"admin":true}}' },
    { type: "unknown", value: "x" },
    { type: "number", value: 5 },
  ])("leaves $value, which is no $type, as it came", async ({ type, value }) => {
    const { input } = await open({ ...bedrockAgentFunctionFixture, parameters: [{ name: "p", type, value }] });

    expect(input).toEqual({ p: value });
  });

  it.for([
    { what: "parameters that are null", parameters: null },
    { what: "parameters that are text", parameters: "x" },
    { what: "a parameter that is null", parameters: [null, { value: "x" }] },
  ])("survives $what", async ({ parameters }) => {
    expect((await open({ ...bedrockAgentFunctionFixture, parameters })).input).toEqual({});
  });

  it("asks the model again for a parameter that could change every object", async () => {
    const parameters = [{ name: "__proto__", type: "object", value: '{"admin":true}' }];

    expect(await answerOf("x", { ...bedrockAgentFunctionFixture, parameters })).toMatchObject({
      response: { functionResponse: { responseState: "REPROMPT" } },
    });
  });

  it.for([
    { what: "another version", event: { ...bedrockAgentFunctionFixture, messageVersion: "2.0" } },
    { what: "neither a function nor a path", event: { messageVersion: "1.0", actionGroup: "a" } },
    { what: "a turn of Lex", event: { messageVersion: "1.0", sessionState: {} } },
    { what: "null", event: null },
  ])("refuses $what", async ({ event }) => {
    await expect(open(event)).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
  });

  it("opens what bedrockAgentEvent makes", async () => {
    const input = { s: "x", n: 2.5, b: false, a: [1], o: { k: 1 } };

    expect(await open(bedrockAgentEvent({ operation: "f", input }))).toMatchObject({ operation: "f", input });
    expect(await open(bedrockAgentEvent({ operation: "POST /x", input: { a: "1" }, body: { b: 2 } }))).toMatchObject({
      operation: "POST /x",
      input: { a: "1", b: 2 },
    });
  });
});

describe("the reply", () => {
  it.for([
    { returned: "Room 12", body: "Room 12" },
    { returned: { room: 12 }, body: '{"room":12}' },
    { returned: 12, body: "12" },
    { returned: undefined, body: "{}" },
  ])("of a function has $returned as text", async ({ returned, body }) => {
    expect(await answerOf(returned)).toEqual({
      messageVersion: "1.0",
      response: { actionGroup: "booking", function: "bookRoom", functionResponse: { responseBody: { TEXT: { body } } } },
      sessionAttributes: { customer: "42" },
      promptSessionAttributes: { today: "2026-01-31" },
    });
  });

  it.for([
    { returned: "Room 12", body: '"Room 12"' },
    { returned: { room: 12 }, body: '{"room":12}' },
  ])("of an API operation has $returned as JSON", async ({ returned, body }) => {
    expect(await answerOf(returned, bedrockAgentApiFixture)).toMatchObject({
      response: {
        actionGroup: "bookings-api",
        apiPath: "/bookings/{id}",
        httpMethod: "PUT",
        httpStatusCode: 200,
        responseBody: { "application/json": { body } },
      },
    });
  });

  it.for([
    { state: "REPROMPT" as const, status: 400 },
    { state: "FAILURE" as const, status: 500 },
  ])("says $state, or $status for an API operation", async ({ state, status }) => {
    const handler = wrap(bedrockAgent(), async ({ answer }) => answer("no", { state }));

    expect(await handler(bedrockAgentFunctionFixture, lambdaContext())).toMatchObject({
      response: { functionResponse: { responseState: state, responseBody: { TEXT: { body: "no" } } } },
    });
    expect(await handler(bedrockAgentApiFixture, lambdaContext())).toMatchObject({ response: { httpStatusCode: status } });
  });

  it("keeps the attributes of the session, with what the handler changes", async () => {
    const knowledgeBases = [{ knowledgeBaseId: "KB", retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults: 3 } } }];
    const handler = wrap(bedrockAgent(), async ({ answer }) =>
      answer("ok", { sessionAttributes: { room: "12" }, promptSessionAttributes: { today: undefined }, knowledgeBases }),
    );

    expect(await handler(bedrockAgentFunctionFixture, lambdaContext())).toMatchObject({
      sessionAttributes: { customer: "42", room: "12" },
      promptSessionAttributes: {},
      knowledgeBasesConfiguration: knowledgeBases,
    });
  });

  it("cannot be a cycle", async () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;

    await expect(answerOf(cycle)).rejects.toMatchObject({ code: "LAMELLA_OUTPUT" });
  });

  it("is the handler's own error where it throws, which the agent reports as a failed dependency", async () => {
    const failed = new Error("no rooms");
    const { error, outcomes } = await testing(
      wrap(bedrockAgent(), async () => {
        throw failed;
      }),
    ).send(bedrockAgentFunctionFixture);

    expect(error).toBe(failed);
    expect(outcomes).toMatchObject([{ fate: "rejected" }]);
  });
});

describe("the input", () => {
  const Book = z.object({ checkIn: z.iso.date(), nights: z.int().positive() });
  const Later = z.object({ nights: z.number().refine(async (nights) => nights > 0, "must be more than none") });

  it("is what the schema makes of it", async () => {
    const handler = wrap(bedrockAgent({ input: Book }), async ({ input }) => input);

    expect(await handler(bedrockAgentFunctionFixture, lambdaContext())).toMatchObject({
      response: { functionResponse: { responseBody: { TEXT: { body: '{"checkIn":"2026-02-01","nights":2}' } } } },
    });
  });

  it("is told to the model where it does not fit, so that it tries again, and to the layers as a failure", async () => {
    const failures: unknown[] = [];
    const watch = layer("watch", async (_item, _ctx, next) => {
      try {
        return await next();
      } catch (error) {
        failures.push(error);
        throw error;
      }
    });
    const handler = wrap(bedrockAgent({ input: Book }), watch, async () => "never");
    const event = bedrockAgentEvent({ operation: "bookRoom", input: { checkIn: "tomorrow", nights: 0 } });
    const { reply, outcomes } = await testing(handler).send(event);

    expect(reply).toMatchObject({ response: { functionResponse: { responseState: "REPROMPT" } } });
    expect(JSON.stringify(reply)).toMatch(/The input is not valid\. checkIn: .*; nights: /);
    expect(failures).toMatchObject([{ code: "LAMELLA_PAYLOAD" }]);
    expect(outcomes).toMatchObject([{ fate: "answered", error: { code: "LAMELLA_PAYLOAD" } }]);
  });

  it("is told with status 400 for an API operation, and by an asynchronous schema as well", async () => {
    const handler = wrap(bedrockAgent({ input: Later }), async () => "never");

    expect(await handler(bedrockAgentEvent({ operation: "PUT /x", body: { nights: 0 } }), lambdaContext())).toMatchObject({
      response: {
        httpStatusCode: 400,
        responseBody: { "application/json": { body: expect.stringContaining("nights: must be more than none") } },
      },
    });
  });

  it("has a schema for each operation", async () => {
    const handler = wrap(bedrockAgent({ input: { bookRoom: Book, "PUT /bookings/{id}": z.object({ id: z.string() }) } }), async (action) =>
      action.operation === "bookRoom" ? action.input.nights : action.input.id,
    );
    const bodies = await Promise.all(
      [bedrockAgentFunctionFixture, bedrockAgentApiFixture].map(async (event) => JSON.stringify(await handler(event, lambdaContext()))),
    );

    expect(bodies[0]).toContain('"body":"2"');
    expect(bodies[1]).toContain('"body":"\\"7\\""');
    expect(await handler(bedrockAgentEvent({ operation: "other" }), lambdaContext())).toMatchObject({
      response: { functionResponse: { responseState: "REPROMPT" } },
    });
  });

  it.for([{ input: 5 }, { input: { a: 5 } }, { input: null }])("throws at load for %s", ({ input }) => {
    expect(() => bedrockAgent({ input: input as never })).toThrow(TypeError);
  });
});
