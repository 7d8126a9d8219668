import { type Lambda, layer, wrap } from "@lamella/core";
import type { LexV2Handler } from "aws-lambda";
import { z } from "zod";
import { same } from "../../core/test/same.ts";
import { type LexV2Event, type LexV2Result, lex, type SlotValue } from "./lex.ts";

const OrderFlowers = z.object({ kind: z.string().optional(), day: z.iso.date().optional() });
const Cancel = z.object({ order: z.coerce.number() });

const handler = wrap(lex({ intents: { OrderFlowers, Cancel } }), async (turn) => {
  if (turn.intent === "Cancel") {
    same<typeof turn.slots, { order: number }>();
    return turn.dialog.close("Fulfilled", `${turn.slots.order} is cancelled.`);
  }
  if (turn.slots.kind === undefined) return turn.dialog.elicitSlot("kind", "Which flowers?");
  return turn.dialog.delegate({ slots: { day: null }, sessionAttributes: { kind: turn.slots.kind } });
});
same<typeof handler, Lambda<LexV2Event, LexV2Result>>();
export const aws: LexV2Handler = handler;
wrap(lex({ intents: { OrderFlowers, Cancel } }), async ({ intent, slots, dialog }) => {
  if (intent === "Cancel") return dialog.close("Fulfilled", slots.order.toFixed());
  return dialog.elicitSlot("day", slots.kind ?? "?");
});
wrap(lex(), async ({ slots, dialog, intent }) => {
  same<typeof intent, string>();
  same<(typeof slots)[string], SlotValue>();
  return dialog.elicitSlot("anything", "?", { style: "SpellByLetter" });
});
wrap(
  lex({ intents: { OrderFlowers } }),
  layer("session", async (turn: { readonly sessionId: string }, _ctx, next) => next({ session: turn.sessionId })),
  async ({ dialog }, { session }) => dialog.close("Failed", session),
);
// @ts-expect-error 2345: the intent has no such slot
wrap(lex({ intents: { OrderFlowers } }), async ({ dialog }) => dialog.elicitSlot("colour", "Which?"));
// @ts-expect-error 2345: a dialog ends fulfilled or failed
wrap(lex(), async ({ dialog }) => dialog.close("Done"));
// @ts-expect-error 2345: Lex needs a reply
wrap(lex(), async () => {});
// @ts-expect-error 2353: the intent has no such slot
wrap(lex({ intents: { OrderFlowers } }), async ({ dialog }) => dialog.delegate({ slots: { colour: "red" } }));
// @ts-expect-error 2367: no such intent
wrap(lex({ intents: { OrderFlowers } }), async ({ intent, dialog }) => dialog.close(intent === "Order" ? "Failed" : "Fulfilled"));
// @ts-expect-error 2322: not a schema
lex({ intents: { OrderFlowers: "x" } });
