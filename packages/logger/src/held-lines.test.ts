import { direct, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { describe, expect, it } from "vitest";
import { captureLines, context, messages, pick } from "../test/lines.ts";
import { HeldLines } from "./held-lines.ts";
import { logger } from "./logger.ts";

const texts = (lines: ReturnType<typeof captureLines>["lines"]) => lines.map((line) => pick(line, "message", "delivery_id"));

describe("lines that are held back", () => {
  it("are written for the item that failed, and for no other", async () => {
    const { lines } = captureLines();
    const handler = wrap(sqs({ whenAllFail: "report" }), logger({ logBufferOptions: {} }), async ({ body }, { log }) => {
      log.debug("before");
      if (body === "bad") throw new Error("no stock");
    });

    await handler(messages({ a: "good", b: "bad", c: "good" }), context());

    expect(texts(lines)).toEqual([
      { message: "before", delivery_id: "b" },
      { message: "Item failed, and comes again", delivery_id: "b" },
    ]);
  });

  it("are written before an error that the handler logs, those of its children among them", async () => {
    const { lines } = captureLines();

    await wrap(direct(), logger({ logBufferOptions: { bufferAtVerbosity: "INFO" } }), async (_event, { log }) => {
      log.info("first");
      log.createChild().info("second");
      log.warn("third");
      log.error("fourth");
      log.info("fifth");
    })({}, context());

    expect(lines.map((line) => line["message"])).toEqual(["third", "first", "second", "fourth"]);
  });

  it("are written or dropped when the handler says so", async () => {
    const { lines } = captureLines();

    await wrap(direct(), logger({ logBufferOptions: {} }), async (_event, { log }) => {
      log.debug("dropped");
      log.clearBuffer();
      log.debug("written");
      log.flushBuffer();
    })({}, context());

    expect(lines.map((line) => line["message"])).toEqual(["written"]);
  });

  it("stay when errors are not to let go of them", async () => {
    const { lines } = captureLines();

    await wrap(direct(), logger({ logBufferOptions: { flushOnErrorLog: false } }), async (_event, { log }) => {
      log.debug("held");
      log.error("failed");
    })({}, context());

    expect(lines.map((line) => line["message"])).toEqual(["failed"]);
  });

  it("are not held where buffering is off", async () => {
    const { lines } = captureLines();

    await wrap(direct(), logger({ level: "DEBUG", logBufferOptions: { enabled: false } }), async (_event, { log }) => log.debug("x"))(
      {},
      context(),
    );

    expect(lines.map((line) => line["message"])).toEqual(["x"]);
  });

  it("say what they looked like when they were logged", async () => {
    const { lines } = captureLines();

    await wrap(direct(), logger({ logBufferOptions: {} }), async (_event, { log }) => {
      const order = { state: "new" };
      log.debug("x", { order });
      order.state = "paid";
      log.flushBuffer();
    })({}, context());

    expect(lines).toEqual([expect.objectContaining({ order: { state: "new" } })]);
  });

  it("make room for later ones, and say so", async () => {
    const { lines } = captureLines();

    await wrap(direct(), logger({ logBufferOptions: { maxBytes: 2_000 } }), async (_event, { log }) => {
      for (const message of ["one", "two", "three", "four", "five"]) log.debug(message, { text: "x".repeat(200) });
      log.error("failed");
    })({}, context());

    const written = lines.map((line) => line["message"]);
    expect(written.at(-3)).toBe("five");
    expect(written).not.toContain("one");
    expect(lines.at(-2)).toMatchObject({ level: "WARN", dropped: 5 - (written.length - 2) });
    expect(written.at(-1)).toBe("failed");
  });

  it("are written at once when they are longer than all the room there is", async () => {
    const { lines } = captureLines();

    await wrap(direct(), logger({ level: "DEBUG", logBufferOptions: { maxBytes: 1_000 } }), async (_event, { log }) =>
      log.debug("long", { text: "x".repeat(1_000) }),
    )({}, context());

    expect(lines.map((line) => line["message"])).toEqual(["long"]);
  });
});

describe("the room of held lines", () => {
  it.for([
    { maxBytes: 4, gives: ["éé"] },
    { maxBytes: 5, gives: ["b", "éé"] },
    { maxBytes: 6, gives: ["a", "b", "éé"] },
    { maxBytes: 3, gives: [] },
  ])("of $maxBytes bytes holds $gives", ({ maxBytes, gives }) => {
    const held = new HeldLines();
    const written: string[] = [];
    const write = (line: string) => written.push(line);

    const fits = ["a", "b", "éé"].map((text) => held.hold("debug", text, maxBytes)).at(-1);
    if (fits) held.release({ trace: write, debug: write, info: write, warn: write, error: write });

    expect(written).toEqual(gives);
  });
});
