import { answer, layer, wrap } from "@lamella/core";
import { cognitoEvent, lambdaContext, sqsEvent, testing } from "@lamella/testing";
import { cognitoFixtures } from "@lamella/testing/fixtures";
import { describe, expect, it, vi } from "vitest";
import { type CognitoTriggers, cognito } from "./cognito.ts";

const context = lambdaContext({ awsRequestId: "r1" });
const triggers = Object.keys(cognitoFixtures) as (keyof CognitoTriggers)[];

/** A handler of any trigger, with its types erased. */
function handlerOf(trigger: keyof CognitoTriggers, handle: (item: unknown) => unknown) {
  return wrap(cognito(trigger) as never, async (item: unknown) => handle(item)) as unknown as (
    event: unknown,
    lambda: typeof context,
  ) => Promise<{ readonly response: unknown }>;
}

describe("cognito", () => {
  it.for(triggers.map((trigger) => ({ trigger })))("opens an event of $trigger", async ({ trigger }) => {
    const raw = cognitoFixtures[trigger];
    const items: unknown[] = [];
    const reply = await handlerOf(trigger, (item) => void items.push(item))(raw, context);

    expect(items).toEqual([
      {
        triggerSource: raw.triggerSource,
        request: raw.request,
        userName: raw.userName ?? "",
        userPoolId: "us-east-1_a1B2c3D4e",
        region: "us-east-1",
        clientId: raw.callerContext.clientId ?? undefined,
        raw,
      },
    ]);
    expect(reply, "nothing was said, so everything stays").toEqual(raw);
  });

  it.for(triggers.map((trigger) => ({ trigger })))("refuses $trigger's event for every other trigger", async ({ trigger }) => {
    for (const other of triggers.filter((name) => name !== trigger)) {
      await expect(handlerOf(other, () => {})(cognitoFixtures[trigger], context), other).rejects.toMatchObject({
        code: "LAMELLA_WRONG_EVENT",
      });
    }
  });

  it.for([
    { what: "null", event: null },
    { what: "text", event: "PreSignUp_SignUp" },
    { what: "nothing", event: undefined },
    { what: "an empty object", event: {} },
    { what: "messages of a queue", event: sqsEvent([{ body: "x" }]) },
    { what: "a trigger source that is no text", event: { triggerSource: 5 } },
    { what: "the trigger's name without a source", event: { triggerSource: "PreSignUp" } },
  ])("refuses $what, and says what it expects", async ({ event }) => {
    await expect(handlerOf("preSignUp", () => {})(event, context)).rejects.toThrow('triggerSource starts with "PreSignUp_"');
  });

  it("takes a version that is a number", async () => {
    const event = { ...cognitoFixtures.preTokenGenerationV2, version: 2 };

    expect(await handlerOf("preTokenGenerationV2", () => {})(event, context)).toEqual(event);
  });

  it("survives an event of which only the trigger source is there", async () => {
    const event = { triggerSource: "PreSignUp_SignUp" };
    const items: unknown[] = [];
    const handler = handlerOf("preSignUp", (item) => {
      items.push(item);
      return { autoConfirmUser: true };
    });

    expect(await handler(event, context)).toEqual({ ...event, response: { autoConfirmUser: true } });
    expect(items).toMatchObject([{ request: {}, userName: "", userPoolId: "", region: "", clientId: undefined }]);
  });

  it.for(triggers.map((trigger) => ({ trigger })))("opens what cognitoEvent makes of $trigger", async ({ trigger }) => {
    const event = cognitoEvent(trigger, { userName: "grace", userPoolId: "eu-north-1_X", clientId: "client" });
    const items: unknown[] = [];
    await handlerOf(trigger, (item) => void items.push(item))(event, context);

    expect(items).toMatchObject([
      { userName: "grace", userPoolId: "eu-north-1_X", region: "eu-north-1", clientId: "client", request: event.request },
    ]);
  });

  it("throws at load for a trigger that there is none of", () => {
    expect(() => cognito("preSignup" as never)).toThrow("cognito(trigger) must be one of preSignUp, postConfirmation,");
    expect(() => cognito("toString" as never)).toThrow(TypeError);
    expect(() => cognito("preSignUp", { softMs: -1 })).toThrow(RangeError);
  });
});

describe("the reply", () => {
  it("is the event with what the handler said in its response, and the event is not changed", async () => {
    const event = cognitoFixtures.preSignUp;
    const reply = await wrap(cognito("preSignUp"), async () => ({ autoConfirmUser: true }))(event, context);

    // The fixtures are frozen all the way down, so a change would throw.
    expect(reply).toEqual({ ...event, response: { autoConfirmUser: true, autoVerifyEmail: false, autoVerifyPhone: false } });
    expect(reply).not.toBe(event);
    expect(event.response.autoConfirmUser).toBe(false);
  });

  it("keeps Cognito's default where a member is undefined", async () => {
    const reply = await wrap(cognito("preSignUp"), async () => ({ autoConfirmUser: true, autoVerifyEmail: undefined }))(
      cognitoFixtures.preSignUp,
      context,
    );

    expect(JSON.parse(JSON.stringify(reply.response))).toEqual({ autoConfirmUser: true, autoVerifyEmail: false, autoVerifyPhone: false });
  });

  it("keeps what a handler returned as it was", async () => {
    const said = Object.freeze({ autoConfirmUser: true });

    await wrap(cognito("preSignUp"), async () => said)(cognitoFixtures.preSignUp, context);

    expect(said).toEqual({ autoConfirmUser: true });
  });

  it("takes a layer's answer", async () => {
    const handler = wrap(
      cognito("verifyAuthChallengeResponse"),
      layer("locked", async () => answer({ answerCorrect: false })),
      async () => ({ answerCorrect: true }),
    );

    expect((await handler(cognitoFixtures.verifyAuthChallengeResponse as never, context)).response).toEqual({ answerCorrect: false });
  });

  it.for([
    { what: "text", returned: "yes", says: "is of type string, where an object was expected" },
    { what: "the whole event", returned: cognitoFixtures.preSignUp, says: "is the whole event; return the members of its response alone" },
  ])("rejects $what", async ({ returned, says }) => {
    await expect(handlerOf("preSignUp", () => returned)(cognitoFixtures.preSignUp, context)).rejects.toMatchObject({
      code: "LAMELLA_OUTPUT",
      message: expect.stringContaining(says),
    });
  });

  it.for([{ thrown: new Error("Use your company's address.") }, { thrown: undefined }, { thrown: "text" }])(
    "is the handler's own error, which Cognito shows, for $thrown",
    async ({ thrown }) => {
      const { error, outcomes } = await testing(
        wrap(cognito("preSignUp"), async () => {
          throw thrown;
        }),
      ).send(cognitoFixtures.preSignUp);

      expect(error).toBe(thrown);
      expect(outcomes).toMatchObject([
        { fate: "rejected", delivery: { id: expect.any(String), index: 0, source: "cognito", attempt: undefined } },
      ]);
    },
  );

  it("of two overlapping invocations is each one's own", async () => {
    const handler = wrap(cognito("preSignUp"), async ({ userName }) => {
      await Promise.resolve();
      return { autoConfirmUser: userName === "a" };
    });

    const replies = await Promise.all(["a", "b"].map((userName) => handler(cognitoEvent("preSignUp", { userName }), context)));

    expect(replies.map(({ userName, response }) => [userName, response.autoConfirmUser])).toEqual([
      ["a", true],
      ["b", false],
    ]);
  });
});

describe("the deadline", () => {
  const hanging = () => new Promise<never>(() => {});

  it.for([
    { trigger: "preSignUp", remainingMs: 30_000, abortsAtMs: 4_000, rejectsAtMs: 4_800, why: "Cognito waits 5 s" },
    { trigger: "preSignUp", remainingMs: 3_000, abortsAtMs: 2_000, rejectsAtMs: 2_800, why: "Lambda's timeout is shorter" },
    { trigger: "customEmailSender", remainingMs: 30_000, abortsAtMs: 27_000, rejectsAtMs: 29_800, why: "Cognito does not wait" },
    { trigger: "customSmsSender", remainingMs: 30_000, abortsAtMs: 27_000, rejectsAtMs: 29_800, why: "Cognito does not wait" },
  ] as const)("of $trigger with $remainingMs ms is at $abortsAtMs and $rejectsAtMs ms: $why", async (row) => {
    vi.useFakeTimers();
    try {
      let signal: AbortSignal | undefined;
      const handler = wrap(cognito(row.trigger) as ReturnType<typeof cognito<"preSignUp">>, (_item, ctx) => {
        signal = ctx.signal;
        return hanging();
      });
      let error: unknown;
      handler(cognitoFixtures[row.trigger] as never, lambdaContext({ remainingMs: row.remainingMs })).catch((thrown: unknown) => {
        error = thrown;
      });

      await vi.advanceTimersByTimeAsync(row.abortsAtMs - 1);
      expect(signal?.aborted).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(signal?.aborted).toBe(true);
      await vi.advanceTimersByTimeAsync(row.rejectsAtMs - row.abortsAtMs - 1);
      expect(error).toBeUndefined();
      await vi.advanceTimersByTimeAsync(1);
      expect(error).toMatchObject({ code: "LAMELLA_DEADLINE_EXCEEDED", remainingMs: 200 });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it("counts what is left until Cognito gives up", async () => {
    const handler = wrap(cognito("preSignUp"), async (_item, { deadline }) => {
      expect(deadline.remainingMs()).toBeLessThanOrEqual(5_000);
      expect(deadline.has(4_500)).toBe(false);
      return {};
    });

    await handler(cognitoFixtures.preSignUp, lambdaContext({ remainingMs: 30_000 }));
  });
});
