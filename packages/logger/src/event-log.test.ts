import { Logger } from "@aws-lambda-powertools/logger";
import { direct, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { testing } from "@lamella/testing";
import { describe, expect, it, vi } from "vitest";
import { captureLines, context, messages, pick } from "../test/lines.ts";
import { logger } from "./logger.ts";
import { redacted } from "./redact.ts";

describe("logEvent", () => {
  it("writes the event as it came, once, before any item and without an item's identity", async () => {
    const { lines } = captureLines();
    const event = messages({ a: "1", b: "2" });

    await wrap(sqs(), logger({ logEvent: true }), async ({ body }, { log }) => log.info(body))(event, context());

    expect(lines.map((line) => line["message"])).toEqual(["Lambda invocation event", "1", "2"]);
    expect(lines[0]).toMatchObject({ level: "INFO", event, function_request_id: "request-1" });
    expect(lines[0]).not.toHaveProperty("delivery_id");
  });

  it.for([
    { env: "true", option: undefined, written: true },
    { env: "TRUE", option: undefined, written: true },
    { env: "true", option: false, written: false },
    { env: "false", option: undefined, written: false },
    { env: "false", option: {}, written: true },
  ])("is $written for option $option when the environment says $env", async ({ env, option, written }) => {
    vi.stubEnv("POWERTOOLS_LOGGER_LOG_EVENT", env);
    const { lines } = captureLines();

    await wrap(direct(), logger({ logEvent: option }), async () => {})({ order: 1 }, context());

    expect(lines.length).toBe(written ? 1 : 0);
  });

  it("leaves the event itself alone, and takes out what is named", async () => {
    const { lines } = captureLines();
    const body = JSON.stringify({ card: { number: "4242" }, sku: "pen" });
    const event = messages({ a: body });
    const seen: string[] = [];

    await wrap(
      sqs(),
      logger({ logEvent: { redact: ["Records.*.body.card.number"] } }),
      async (item) => void seen.push(item.body),
    )(event, context());

    expect(seen).toEqual([body]);
    const { Records } = (lines[0]?.["event"] as typeof event | undefined) ?? { Records: [] };
    expect(JSON.parse(Records[0]?.body ?? "")).toEqual({ card: { number: "[REDACTED]" }, sku: "pen" });
  });

  it("stands beside a logger of one's own", async () => {
    const { lines } = captureLines();
    const instance = new Logger({ serviceName: "mine" });

    await wrap(direct(), logger({ instance, logEvent: true }), async () => {})({ order: 1 }, context());

    expect(lines.map((line) => pick(line, "service", "event"))).toEqual([{ service: "mine", event: { order: 1 } }]);
  });

  it("is recorded in tests", async () => {
    const { lines } = captureLines();

    const { logs } = await testing(wrap(direct(), logger({ logEvent: true }), async () => {})).send({ order: 1 });

    expect(logs).toEqual([expect.objectContaining({ event: { order: 1 } })]);
    expect(lines).toEqual([]);
  });

  it("does not fail the work where the event cannot be read", async () => {
    const { texts } = captureLines();
    const event = Object.defineProperty({}, "bad", {
      enumerable: true,
      get: () => {
        throw new Error("no access");
      },
    });

    const reply = await wrap(direct(), logger({ logEvent: true }), async () => "done")(event, context());

    expect(reply).toBe("done");
    expect(texts).toEqual([expect.stringContaining("no access")]);
  });
});

describe("what is left out of an event", () => {
  const cases: readonly { of: string; event: unknown; paths?: readonly string[]; gives: unknown }[] = [
    {
      of: "headers, in any case and mode",
      event: {
        headers: { Authorization: "Bearer x", cookie: "a=1", accept: "*/*" },
        multiValueHeaders: { "Set-Cookie": ["a=1"], COOKIE: ["a=1"], "X-Api-Key": ["k"] },
        cookies: ["a=1"],
        requestContext: { identity: { apiKey: "k", apiKeyId: "id" } },
      },
      gives: {
        headers: { Authorization: "[REDACTED]", cookie: "[REDACTED]", accept: "*/*" },
        multiValueHeaders: { "Set-Cookie": "[REDACTED]", COOKIE: "[REDACTED]", "X-Api-Key": "[REDACTED]" },
        cookies: "[REDACTED]",
        requestContext: { identity: { apiKey: "[REDACTED]", apiKeyId: "id" } },
      },
    },
    { of: "what is absent", event: { cookies: null, headers: null }, gives: { cookies: null, headers: null } },
    { of: "a path", event: { a: { b: 1, c: 2 } }, paths: ["a.b"], gives: { a: { b: "[REDACTED]", c: 2 } } },
    { of: "a whole branch", event: { a: { b: [1] } }, paths: ["a"], gives: { a: "[REDACTED]" } },
    { of: "all elements", event: { a: [{ b: 1 }, { b: 2 }] }, paths: ["a.*.b"], gives: { a: [{ b: "[REDACTED]" }, { b: "[REDACTED]" }] } },
    { of: "one element", event: { a: [1, 2] }, paths: ["a.1"], gives: { a: [1, "[REDACTED]"] } },
    { of: "all members", event: { a: { x: 1, y: 2 } }, paths: ["a.*"], gives: { a: { x: "[REDACTED]", y: "[REDACTED]" } } },
    {
      of: "JSON in JSON",
      event: { body: '{"Message":"{\\"pin\\":1}"}' },
      paths: ["body.Message.pin"],
      gives: { body: '{"Message":"{\\"pin\\":\\"[REDACTED]\\"}"}' },
    },
    { of: "a text that is no JSON", event: { body: "pin=1" }, paths: ["body.pin"], gives: { body: "[REDACTED]" } },
    { of: "a text that is a number", event: { body: "1234" }, paths: ["body.pin"], gives: { body: "[REDACTED]" } },
    { of: "nothing by a path that leads nowhere", event: { a: 1 }, paths: ["b.c", "a.b"], gives: { a: 1 } },
    {
      of: "names with a prototype",
      event: JSON.parse('{"__proto__":{"a":1}}'),
      paths: ["__proto__.a"],
      gives: JSON.parse('{"__proto__":{"a":"[REDACTED]"}}'),
    },
    { of: "an event that is no object", event: "text", gives: "text" },
  ];
  it.for(cases)("is $of", ({ event, paths = [], gives }) => {
    const before = structuredClone(event);

    expect(
      redacted(
        event,
        paths.map((path) => path.split(".")),
      ),
    ).toEqual(gives);
    expect(event).toEqual(before);
  });

  it("is what lies deeper than any event of AWS", () => {
    const deep: Record<string, unknown> = {};
    deep["again"] = deep;

    expect(JSON.stringify(redacted(deep, []))).toContain("[REDACTED]");
  });
});
