import type { LexV2Event, LexV2IntentState, LexV2Message, LexV2Result, LexV2ResultDialogAction } from "aws-lambda";
import { attributesWith } from "../internal/attributes-with.ts";
import { type SlotChange, withSlots } from "./lex-slots.ts";

/** What is said to the user: plain text, or messages of any kind. */
export type Say = string | LexV2Message | readonly (string | LexV2Message)[];

/** What a handler changes besides the action. */
export interface TurnChange<SlotName extends string> {
  /** Slots to fill, or with `null` to forget. */
  readonly slots?: Readonly<Partial<Record<SlotName, SlotChange>>> | undefined;
  /** Attributes to set; `undefined` removes one. Those that are left out stay. */
  readonly sessionAttributes?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface ElicitSlotChange<SlotName extends string> extends TurnChange<SlotName> {
  /** How the user is to speak. @default as the bot says */
  readonly style?: "Default" | "SpellByLetter" | "SpellByWord" | undefined;
}

/**
 * Builds what a turn of the dialog comes to. The intent, its slots and the session's attributes go along.
 *
 * AWS: "Response format" of the Lambda function, Amazon Lex V2.
 */
export interface Dialog<SlotName extends string> {
  /** Ends the intent. */
  readonly close: (state: "Failed" | "Fulfilled", say?: Say, change?: TurnChange<SlotName>) => LexV2Result;
  /** Asks whether all is right. */
  readonly confirmIntent: (say: Say, change?: TurnChange<SlotName>) => LexV2Result;
  /** Lets the bot decide what comes next. */
  readonly delegate: (change?: TurnChange<SlotName>) => LexV2Result;
  /** Asks what the user wants. */
  readonly elicitIntent: (say: Say, change?: TurnChange<never>) => LexV2Result;
  /** Asks for the value of a slot. */
  readonly elicitSlot: (slot: SlotName, say?: Say, change?: ElicitSlotChange<SlotName>) => LexV2Result;
}

/** The builder for one turn. */
export function dialogOf(event: LexV2Event): Dialog<string> {
  const build = (dialogAction: LexV2ResultDialogAction, say: Say | undefined, change: TurnChange<string>, intent?: object): LexV2Result => {
    const messages = say === undefined ? [] : toMessages(say);
    return {
      sessionState: {
        sessionAttributes: attributesWith(event.sessionState.sessionAttributes, change.sessionAttributes),
        dialogAction,
        ...(intent !== undefined && { intent: { ...intentOf(event, change), ...intent } }),
      },
      ...(messages.length > 0 && { messages }),
    };
  };
  return {
    close: (state, say, change = {}) => build({ type: "Close" }, say, change, { state }),
    confirmIntent: (say, change = {}) => build({ type: "ConfirmIntent" }, say, change, { state: "InProgress", confirmationState: "None" }),
    delegate: (change = {}) => build({ type: "Delegate" }, undefined, change, {}),
    elicitIntent: (say, change = {}) => build({ type: "ElicitIntent" }, say, change),
    elicitSlot: (slotToElicit, say, { style, ...change } = {}) =>
      build({ type: "ElicitSlot", slotToElicit, ...(style !== undefined && { slotElicitationStyle: style }) }, say, change, {
        state: "InProgress",
      }),
  };
}

function intentOf({ sessionState }: LexV2Event, { slots = {} }: TurnChange<string>) {
  const { name, slots: known, state, confirmationState } = sessionState.intent;
  const sameState: LexV2IntentState = state ?? "InProgress";
  return { name, slots: withSlots(known ?? {}, slots), state: sameState, confirmationState: confirmationState ?? "None" };
}

function toMessages(say: Say): LexV2Message[] {
  const all = Array.isArray(say) ? (say as readonly (string | LexV2Message)[]) : [say as string | LexV2Message];
  return all.map((one) => (typeof one === "string" ? { contentType: "PlainText", content: one } : one));
}
