import type { AttributeValue } from "aws-lambda";
import type { DynamodbChangeInput } from "./dynamodb-event.ts";
import { toAttributeMap } from "./to-attribute-value.ts";

type AttributeMap = Record<string, AttributeValue>;

/** What a change is made of, in DynamoDB's own streams and in Kinesis. */
export interface ChangeParts {
  readonly eventID: string;
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  readonly userIdentity: object | undefined;
  readonly keys: AttributeMap;
  readonly newImage: AttributeMap | undefined;
  readonly oldImage: AttributeMap | undefined;
  readonly createdAt: Date;
}

export function toChange(input: DynamodbChangeInput, index: number): ChangeParts {
  const { newImage, oldImage, expiredByTtl = false } = input;
  const image = newImage ?? oldImage ?? {};
  const { keys = "id" in image ? { id: image["id"] } : {} } = input;
  return {
    eventID: input.id ?? `${String(index + 1).padStart(8, "0")}f0f0f0f0f0f0f0f0f0f0f0f0`,
    eventName: input.kind ?? (oldImage === undefined ? "INSERT" : newImage === undefined ? "REMOVE" : "MODIFY"),
    userIdentity: expiredByTtl ? { type: "Service", principalId: "dynamodb.amazonaws.com" } : undefined,
    keys: toAttributeMap(keys),
    newImage: newImage && toAttributeMap(newImage),
    oldImage: oldImage && toAttributeMap(oldImage),
    createdAt: input.createdAt ?? new Date("2026-01-31T12:00:00Z"),
  };
}

/** Near enough for a test: what the attributes take as JSON. */
export function sizeOf(...maps: readonly (Record<string, AttributeValue> | undefined)[]): number {
  return maps.reduce((sum, map) => sum + (map === undefined ? 0 : JSON.stringify(map).length), 0);
}
