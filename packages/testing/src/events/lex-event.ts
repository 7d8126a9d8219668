import type { LexV2Event, LexV2Slots } from "aws-lambda";

/** What a test says of a turn; the rest is made up, and the same in every run. */
export interface LexEventInput {
  /** @default "OrderFlowers" */
  readonly intent?: string | undefined;
  /** What the user has said, by slot: a value, several, or `null` for a slot without a value yet. */
  readonly slots?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  /** @default "None" */
  readonly confirmation?: "Confirmed" | "Denied" | "None" | undefined;
  /** @default "DialogCodeHook" */
  readonly invocationSource?: "DialogCodeHook" | "FulfillmentCodeHook" | undefined;
  readonly transcript?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly sessionAttributes?: Readonly<Record<string, string>> | undefined;
}

/**
 * The event of a turn of a conversation: what `lex()` opens.
 *
 * AWS: "Input event format" of the Lambda function, Amazon Lex V2.
 *
 * @example
 * lexEvent({ intent: "OrderFlowers", slots: { kind: "roses", day: null } });
 */
export function lexEvent(input: LexEventInput = {}): LexV2Event {
  const { invocationSource = "DialogCodeHook", transcript = "I want flowers", sessionId = "session-1" } = input;
  const state = invocationSource === "DialogCodeHook" ? "InProgress" : "ReadyForFulfillment";
  const intent = {
    name: input.intent ?? "OrderFlowers",
    slots: toSlots(input.slots),
    state,
    confirmationState: input.confirmation ?? "None",
  } as const;
  return {
    messageVersion: "1.0",
    invocationSource,
    inputMode: "Text",
    responseContentType: "text/plain; charset=utf-8",
    sessionId,
    inputTranscript: transcript,
    bot: { id: "BOT1234567", name: "florist", aliasId: "TSTALIASID", aliasName: "TestBotAlias", localeId: "en_GB", version: "DRAFT" },
    interpretations: [{ intent, nluConfidence: 0.95 }],
    proposedNextState: { dialogAction: { type: "Delegate" }, intent },
    sessionState: {
      sessionAttributes: { ...input.sessionAttributes },
      intent,
      originatingRequestId: "5e2e4b3a-7f14-4f5e-9a2a-8c1f0b6d3e21",
    },
    transcriptions: [
      { transcription: transcript, transcriptionConfidence: 1, resolvedContext: { intent: intent.name }, resolvedSlots: {} },
    ],
  };
}

function toSlots(values: LexEventInput["slots"] = {}): LexV2Slots {
  const slots = Object.entries(values).map(([name, value]) => {
    if (value === null) return [name, null];
    return [name, typeof value === "string" ? scalar(value) : { shape: "List", values: value.map(scalar) }];
  });
  return Object.fromEntries(slots) as LexV2Slots;
}

function scalar(value: string) {
  return { shape: "Scalar", value: { originalValue: value, interpretedValue: value, resolvedValues: [value] } };
}
