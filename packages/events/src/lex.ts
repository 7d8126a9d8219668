import { type DeadlineOptions, type Kind, OutputError, type Source, type ValueOf } from "@lamella/core";
import { type OutputOutcome, singleSource, toOutcome } from "@lamella/core/extend";
import type { LexV2Event, LexV2Result } from "aws-lambda";
import { checkSchemas, type SchemasByName, validateByName } from "./internal/by-name.ts";
import { textOf } from "./internal/fields.ts";
import { isObject } from "./internal/is-object.ts";
import { LateItem, LateValue } from "./internal/late-value.ts";
import { type Dialog, dialogOf } from "./lex/lex-dialog.ts";
import { type SlotValues, toSlotValues } from "./lex/lex-slots.ts";

// AWS's types, or users' declarations could not name them.
export type { LexV2Event, LexV2Message, LexV2Result } from "aws-lambda";
export type { Dialog, ElicitSlotChange, Say, TurnChange } from "./lex/lex-dialog.ts";
export type { SlotChange, SlotValue, SlotValues } from "./lex/lex-slots.ts";

/**
 * A turn of a conversation.
 *
 * AWS: "Input event format" of the Lambda function, Amazon Lex V2.
 */
export interface Turn<Intent extends string, Slots> {
  /** The intent that the session is in. */
  readonly intent: Intent;
  /** What the user has said, by slot, and what the intent's schema makes of it. Slots without a value are missing. */
  readonly slots: Slots;
  /** Whether the user has confirmed the intent. */
  readonly confirmation: "Confirmed" | "Denied" | "None";
  /** Whether the dialog goes on, or the intent is to be fulfilled. */
  readonly invocationSource: "DialogCodeHook" | "FulfillmentCodeHook";
  readonly transcript: string;
  readonly inputMode: "DTMF" | "Speech" | "Text";
  readonly sessionId: string;
  readonly sessionAttributes: Readonly<Record<string, string>>;
  readonly requestAttributes: Readonly<Record<string, string>>;
  readonly bot: LexV2Event["bot"];
  /** Builds the reply; it knows the intent's slots. */
  readonly dialog: Dialog<keyof Slots & string>;
  /** The event as Lex sent it. */
  readonly raw: LexV2Event;
}

/** One member of a union for each intent, so that comparing `intent` narrows `slots`. */
export type TurnOf<Intents extends SchemasByName> = [Intents] extends [never]
  ? Turn<string, SlotValues>
  : { readonly [Name in keyof Intents & string]: Turn<Name, ValueOf<Intents[Name]>> }[keyof Intents & string];

export interface LexKind<Intents extends SchemasByName> extends Kind {
  readonly event: LexV2Event;
  readonly reply: LexV2Result;
  readonly item: TurnOf<Intents>;
  readonly context: unknown;
  readonly output: LexV2Result;
}

export interface LexOptions<Intents> extends DeadlineOptions {
  /**
   * What the slots of each intent must be, by the intent's name. While the dialog goes on, slots are missing: let the
   * schemas allow that. An intent that is not listed fails. @default any intent, with slots as they came
   */
  readonly intents?: Intents | undefined;
}

// Lex waits that long, whatever the function's timeout is.
const LEX_WAITS_MS = 30_000;

/**
 * The source for bots of Amazon Lex V2. The handler returns what `dialog` builds.
 *
 * AWS: "Integrating an AWS Lambda function into your bot", Amazon Lex V2.
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * const OrderFlowers = z.object({ kind: z.string().optional(), day: z.iso.date().optional() });
 *
 * export const handler = wrap(lex({ intents: { OrderFlowers } }), async ({ slots, dialog }) => {
 *   if (slots.kind === undefined) return dialog.elicitSlot("kind", "Which flowers?");
 *   return dialog.close("Fulfilled", `Your ${slots.kind} are on their way.`);
 * });
 */
export function lex<const Intents extends SchemasByName = never>(options: LexOptions<Intents> = {}): Source<LexKind<Intents>> {
  const intents = options.intents as SchemasByName | undefined;
  checkSchemas(intents, "lex({ intents })");
  const source = singleSource<LexKind<never>, LexTurn>({
    name: "lex",
    expects: "an event of Lex V2 (sessionState and invocationSource)",
    accepts: (event) => {
      if (!isObject(event) || !isObject(event["bot"]) || !isObject(event["sessionState"])) return false;
      return isObject(event["sessionState"]["intent"]) && typeof event["invocationSource"] === "string";
    },
    options,
    awaitedMs: LEX_WAITS_MS,
    item: (raw) => new LexTurn(raw, intents),
    delivery: (_event, lambda) => ({ id: lambda.awsRequestId ?? "", index: 0, source: "lex", attempt: undefined }),
    decode: (turn) => turn["~decode"](),
    finish: (returned) => {
      const state = isObject(returned) ? returned["sessionState"] : undefined;
      if (!isObject(state) || !isObject(state["dialogAction"]))
        throw new OutputError({ part: "reply", problem: "has no sessionState.dialogAction; return what dialog builds" });
      return toOutcome(returned);
    },
    reply: (outcome) => (outcome as OutputOutcome).output as LexV2Result,
  });
  // Types are erased here, once: the turn has what the intents' schemas give.
  return source as unknown as Source<LexKind<Intents>>;
}

// AWS's types promise members that events made by hand lack.
class LexTurn extends LateItem implements Turn<string, SlotValues> {
  readonly raw: LexV2Event;
  protected override readonly late: LateValue<unknown>;
  #dialog: Dialog<string> | undefined;

  constructor(raw: LexV2Event, intents: SchemasByName | undefined) {
    super();
    this.raw = raw;
    this.late = new LateValue("slots", () => validateByName(intents, this.intent, toSlotValues(raw.sessionState.intent.slots), "slots"));
  }

  get intent(): string {
    return textOf(this.raw.sessionState.intent.name);
  }

  get slots(): SlotValues {
    return this.late.value as SlotValues;
  }

  get confirmation(): "Confirmed" | "Denied" | "None" {
    return this.raw.sessionState.intent.confirmationState ?? "None";
  }

  get invocationSource(): "DialogCodeHook" | "FulfillmentCodeHook" {
    return this.raw.invocationSource;
  }

  get transcript(): string {
    return textOf(this.raw.inputTranscript);
  }

  get inputMode(): "DTMF" | "Speech" | "Text" {
    return this.raw.inputMode ?? "Text";
  }

  get sessionId(): string {
    return textOf(this.raw.sessionId);
  }

  get sessionAttributes(): Readonly<Record<string, string>> {
    return this.raw.sessionState.sessionAttributes ?? {};
  }

  get requestAttributes(): Readonly<Record<string, string>> {
    return this.raw.requestAttributes ?? {};
  }

  get bot(): LexV2Event["bot"] {
    return this.raw.bot;
  }

  get dialog(): Dialog<string> {
    return (this.#dialog ??= dialogOf(this.raw));
  }
}
