import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { mustBe } from "@lamella/core/extend";
import type { Item } from "./dynamodb/attribute-value.ts";
import { type TableOptions, toTable } from "./dynamodb/table-options.ts";
import { tableStore } from "./dynamodb/table-store.ts";
import type { IdempotencyStore } from "./store.ts";

export interface SdkDynamodbStoreOptions extends TableOptions {
  /** Your own client, with its region, retries and middleware. */
  readonly client: Pick<DynamoDBClient, "send">;
}

const COMMANDS = { PutItem: PutItemCommand, UpdateItem: UpdateItemCommand, DeleteItem: DeleteItemCommand, GetItem: GetItemCommand };

/**
 * As `dynamodbStore`, over a client of the AWS SDK that is there already.
 *
 * @throws {TypeError} At load, when the client is none, or a name is empty or used twice.
 * @example
 * const store = sdkDynamodbStore({ client: new DynamoDBClient({}), table: "idempotency" });
 */
export function sdkDynamodbStore({ client, ...options }: SdkDynamodbStoreOptions): IdempotencyStore {
  mustBe(typeof client?.send === "function", "sdkDynamodbStore({ client })", "a DynamoDBClient", client);
  return tableStore("dynamodb", toTable("sdkDynamodbStore", options), async (action, input, withinMs) => {
    const abortSignal = withinMs < 2 ** 31 ? AbortSignal.timeout(Math.max(0, Math.floor(withinMs))) : undefined;
    try {
      // One of four commands with an input of its own: the types meet in none.
      const command = new (COMMANDS[action] as typeof PutItemCommand)(input as never);
      return (await client.send(command, abortSignal && { abortSignal })) as { readonly Item?: Item };
    } catch (error) {
      if (!(error instanceof Error && error.name === ConditionalCheckFailedException.name)) throw error;
      return { failed: true, Item: (error as { readonly Item?: Item }).Item };
    }
  });
}
