import type { LexV2Slots } from "aws-lambda";
import { isObject } from "../internal/is-object.ts";

/** What the user has said for a slot: one value, several, or by sub-slot; `undefined` while nothing is known. */
export type SlotValue = string | readonly string[] | SlotValues | undefined;

/** What the user has said, by slot. */
export interface SlotValues {
  readonly [name: string]: SlotValue;
}

/** The values of slots, as Lex resolved them, or else as the user said them. */
export function toSlotValues(slots: unknown): SlotValues {
  // No prototype: a slot may have any name.
  const values: Record<string, SlotValue> = Object.create(null);
  for (const [name, slot] of Object.entries(isObject(slots) ? slots : {})) {
    const value = toSlotValue(slot);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

function toSlotValue(slot: unknown): SlotValue {
  if (!isObject(slot)) return undefined;
  const { values, subSlots } = slot;
  if (slot["shape"] === "List") return (Array.isArray(values) ? values : []).map(toSlotValue).filter((value) => typeof value === "string");
  if (isObject(subSlots)) return toSlotValues(subSlots);
  const value = isObject(slot["value"]) ? slot["value"] : {};
  const { interpretedValue, originalValue } = value;
  if (typeof interpretedValue === "string") return interpretedValue;
  return typeof originalValue === "string" ? originalValue : undefined;
}

/** What a handler says of a slot: a value, several, or `null` to forget it. */
export type SlotChange = string | readonly string[] | null | undefined;

/** The slots with what the handler said of some; what it left out stays as it was. */
export function withSlots(slots: LexV2Slots, changes: Readonly<Record<string, SlotChange>>): LexV2Slots {
  const changed = { ...slots };
  for (const [name, change] of Object.entries(changes)) {
    if (change !== undefined) changed[name] = toSlot(change);
  }
  return changed;
}

function toSlot(change: string | readonly string[] | null): LexV2Slots[string] {
  if (change === null) return null;
  if (typeof change === "string") return scalar(change);
  // A list has no value of its own; Lex ignores the one that AWS's type asks for.
  return { shape: "List", values: change.map(scalar) } as unknown as LexV2Slots[string];
}

function scalar(value: string) {
  return { shape: "Scalar" as const, value: { originalValue: value, interpretedValue: value, resolvedValues: [value] } };
}
