import { wrap } from "@lamella/core";
import { lambdaContext, lexEvent, testing } from "@lamella/testing";
import { lexFixture } from "@lamella/testing/fixtures";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type Dialog, type LexV2Result, lex, type SlotValues, type Turn } from "./lex.ts";

async function open(event: unknown): Promise<Turn<string, SlotValues>> {
  const turns: Turn<string, SlotValues>[] = [];
  await wrap(lex(), async (turn) => {
    turns.push(turn);
    return turn.dialog.delegate();
  })(event as never, lambdaContext());
  return turns[0] as Turn<string, SlotValues>;
}

const reply = (build: (dialog: Dialog<string>) => LexV2Result, event = lexFixture) =>
  wrap(lex(), async ({ dialog }) => build(dialog))(event, lambdaContext());

describe("lex", () => {
  it("opens a turn, with the values of slots of every shape", async () => {
    const turn = await open(lexFixture);

    expect(turn).toMatchObject({
      intent: "BookHotel",
      confirmation: "None",
      invocationSource: "DialogCodeHook",
      inputMode: "Speech",
      transcript: "book a hotel in the big apple",
      sessionId: "12345678901234",
      sessionAttributes: { customer: "42" },
      requestAttributes: { "x-amz-lex:channels:platform": "Connect" },
      bot: { name: "BookTrip", localeId: "en_US" },
      raw: lexFixture,
    });
    expect({ ...turn.slots, Guest: { ...(turn.slots["Guest"] as object) } }).toEqual({
      City: "New York",
      Extras: ["breakfast", "parking"],
      Guest: { First: "Ada" },
    });
  });

  it("takes what the user said where Lex resolved nothing", async () => {
    const event = structuredClone(lexFixture);
    event.sessionState.intent.slots = { City: { shape: "Scalar", value: { originalValue: "oz", resolvedValues: [] } } };

    expect({ ...(await open(event)).slots }).toEqual({ City: "oz" });
  });

  it.for([
    { what: "null", slots: null },
    { what: "text", slots: "x" },
    { what: "slots that are text", slots: { City: "x" } },
    { what: "slots without a value", slots: { City: { shape: "Scalar" }, Nights: { shape: "List" } } },
  ])("survives slots that are malformed: $what", async ({ slots }) => {
    const event = structuredClone(lexFixture) as { sessionState: { intent: { slots: unknown } } };
    event.sessionState.intent.slots = slots;

    expect((await open(event)).slots["City"]).toBeUndefined();
  });

  it("takes a slot named __proto__ for what it is", async () => {
    const event = structuredClone(lexFixture);
    event.sessionState.intent.slots = JSON.parse(
      '{"__proto__":{"shape":"Scalar","value":{"originalValue":"x","resolvedValues":[]}}}',
    ) as never;

    expect(Object.keys((await open(event)).slots)).toEqual(["__proto__"]);
  });

  it.for([
    {
      what: "an event of Lex V1",
      event: { currentIntent: { name: "a" }, bot: {}, invocationSource: "DialogCodeHook", messageVersion: "1.0" },
    },
    { what: "a session without an intent", event: { bot: {}, sessionState: {}, invocationSource: "DialogCodeHook" } },
    { what: "null", event: null },
  ])("refuses $what", async ({ event }) => {
    await expect(open(event)).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
  });

  it("opens what lexEvent makes", async () => {
    const input = { intent: "A", confirmation: "Denied", invocationSource: "FulfillmentCodeHook", sessionAttributes: { a: "1" } } as const;
    const turn = await open(lexEvent({ ...input, slots: { x: "1", y: ["2", "3"], z: null } }));

    expect(turn).toMatchObject(input);
    expect({ ...turn.slots }).toEqual({ x: "1", y: ["2", "3"] });
  });

  it("gives up before Lex does", async () => {
    vi.useFakeTimers();
    try {
      const late = wrap(lex(), () => new Promise<never>(() => {}))(lexFixture, lambdaContext({ remainingMs: 900_000 })).catch(
        (error: unknown) => error,
      );

      await vi.advanceTimersByTimeAsync(29_800);

      expect(await late).toMatchObject({ code: "LAMELLA_DEADLINE_EXCEEDED" });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("the intents", () => {
  const intents = { BookHotel: z.object({ City: z.string(), Nights: z.coerce.number().optional() }), FallbackIntent: z.object({}) };
  const handler = wrap(lex({ intents }), async (turn) =>
    turn.intent === "BookHotel"
      ? turn.dialog.close("Fulfilled", `${turn.slots.City} ${turn.slots.Nights}`)
      : turn.dialog.elicitIntent("What?"),
  );

  it("give the slots their types", async () => {
    const event = lexEvent({ intent: "BookHotel", slots: { City: "Rome", Nights: "3" } });

    expect(await handler(event, lambdaContext())).toMatchObject({ messages: [{ content: "Rome 3" }] });
  });

  it.for([
    { what: "slots that do not fit", event: lexEvent({ intent: "BookHotel", slots: { Nights: "3" } }), says: "at /City" },
    {
      what: "an intent that is not listed",
      event: lexEvent({ intent: "Other" }),
      says: 'belongs to "Other", for which there is no schema',
    },
    { what: "an intent with the name of an inherited member", event: lexEvent({ intent: "toString" }), says: "no schema" },
  ])("reject $what", async ({ event, says }) => {
    expect((await testing(handler).send(event)).error).toMatchObject({
      code: "LAMELLA_PAYLOAD",
      part: "slots",
      message: expect.stringContaining(says),
    });
  });

  it.for([{ intents: 5 }, { intents: z.object({}) }, { intents: { A: 5 } }])("throw at load for %s", ({ intents: wrong }) => {
    expect(() => lex({ intents: wrong as never })).toThrow(TypeError);
  });
});

describe("the dialog", () => {
  const event = lexEvent({ slots: { kind: "roses", day: null }, sessionAttributes: { customer: "42", step: "1" } });
  const slots = event.sessionState.intent.slots;
  const intent = { name: "OrderFlowers", slots, confirmationState: "None" };
  const sessionAttributes = { customer: "42", step: "1" };

  it.for([
    {
      action: "close",
      built: (dialog: Dialog<string>) => dialog.close("Fulfilled", "Done."),
      gives: { dialogAction: { type: "Close" }, intent: { ...intent, state: "Fulfilled" } },
      says: [{ contentType: "PlainText", content: "Done." }],
    },
    {
      action: "close without a word",
      built: (dialog: Dialog<string>) => dialog.close("Failed"),
      gives: { dialogAction: { type: "Close" }, intent: { ...intent, state: "Failed" } },
      says: undefined,
    },
    {
      action: "confirmIntent",
      built: (dialog: Dialog<string>) => dialog.confirmIntent("Right?"),
      gives: { dialogAction: { type: "ConfirmIntent" }, intent: { ...intent, state: "InProgress" } },
      says: [{ contentType: "PlainText", content: "Right?" }],
    },
    {
      action: "delegate",
      built: (dialog: Dialog<string>) => dialog.delegate(),
      gives: { dialogAction: { type: "Delegate" }, intent: { ...intent, state: "InProgress" } },
      says: undefined,
    },
    {
      action: "elicitIntent",
      built: (dialog: Dialog<string>) => dialog.elicitIntent(["What?", { contentType: "SSML", content: "<speak>What?</speak>" }]),
      gives: { dialogAction: { type: "ElicitIntent" } },
      says: [
        { contentType: "PlainText", content: "What?" },
        { contentType: "SSML", content: "<speak>What?</speak>" },
      ],
    },
    {
      action: "elicitSlot",
      built: (dialog: Dialog<string>) => dialog.elicitSlot("day", "When?", { style: "SpellByWord" }),
      gives: {
        dialogAction: { type: "ElicitSlot", slotToElicit: "day", slotElicitationStyle: "SpellByWord" },
        intent: { ...intent, state: "InProgress" },
      },
      says: [{ contentType: "PlainText", content: "When?" }],
    },
  ])("builds $action, with the intent and the session as they are", async ({ built, gives, says }) => {
    expect(await reply(built, event)).toEqual({
      sessionState: { sessionAttributes, ...gives },
      ...(says !== undefined && { messages: says }),
    });
  });

  it("changes slots and attributes, and leaves the event as it is", async () => {
    const copy = structuredClone(event);
    const { sessionState } = await reply(
      (dialog) =>
        dialog.delegate({
          slots: { kind: null, day: "2026-02-01", extras: ["card"] },
          sessionAttributes: { step: undefined, seen: "yes" },
        }),
      copy,
    );

    expect(sessionState.sessionAttributes).toStrictEqual({ customer: "42", seen: "yes" });
    expect(sessionState.intent?.slots).toEqual({
      kind: null,
      day: { shape: "Scalar", value: { originalValue: "2026-02-01", interpretedValue: "2026-02-01", resolvedValues: ["2026-02-01"] } },
      extras: { shape: "List", values: [expect.objectContaining({ shape: "Scalar" })] },
    });
    expect(copy).toEqual(event);
  });

  it("keeps the answer to a confirmation when the bot goes on, and forgets it when it is asked for again", async () => {
    const confirmed = lexEvent({ confirmation: "Confirmed" });

    expect((await reply((dialog) => dialog.delegate(), confirmed)).sessionState.intent).toMatchObject({ confirmationState: "Confirmed" });
    expect((await reply((dialog) => dialog.confirmIntent("Sure?"), confirmed)).sessionState.intent).toMatchObject({
      confirmationState: "None",
    });
  });

  it.for([{ returned: undefined }, { returned: "Done." }, { returned: { sessionState: {} } }])(
    "is needed: $returned is rejected, which Lex would not understand",
    async ({ returned }) => {
      await expect(reply(() => returned as never)).rejects.toMatchObject({ code: "LAMELLA_OUTPUT" });
    },
  );
});
