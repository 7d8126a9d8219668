import { AwsError, awsCall } from "@lamella/core/aws";
import { mustBe } from "@lamella/core/extend";
import type { Item } from "./dynamodb/attribute-value.ts";
import { type TableOptions, toTable } from "./dynamodb/table-options.ts";
import { tableStore } from "./dynamodb/table-store.ts";
import type { IdempotencyStore } from "./store.ts";

export type { TableOptions } from "./dynamodb/table-options.ts";

export interface DynamodbStoreOptions extends TableOptions {
  /** @default the environment variable `AWS_REGION` */
  readonly region?: string | undefined;
  /** Where to reach DynamoDB. @default what `AWS_ENDPOINT_URL_DYNAMODB` or `AWS_ENDPOINT_URL` says, else AWS's own endpoint */
  readonly endpoint?: string | undefined;
  /** How long one try of a call may take, in milliseconds. @default 2_000 */
  readonly timeoutMs?: number | undefined;
  /** Tries of a call in all, the first included; 1 or more. @default 4 */
  readonly attempts?: number | undefined;
}

/**
 * A store in a table of DynamoDB, without an SDK. Its records are those of Powertools for AWS Lambda, so that both can
 * use one table.
 *
 * The function needs `dynamodb:PutItem`, `UpdateItem`, `DeleteItem` and `GetItem` on the table.
 *
 * @throws {TypeError} At load, when a name is empty, or used twice.
 * @throws {RangeError} At load, when a number is out of its range.
 * @example
 * idempotency({ store: dynamodbStore({ table: "idempotency" }), key: ({ body }) => body.id })
 */
export function dynamodbStore(options: DynamodbStoreOptions): IdempotencyStore {
  const { region, endpoint, timeoutMs = 2_000, attempts = 4 } = options;
  const table = toTable("dynamodbStore", options);
  mustBe(timeoutMs > 0, "dynamodbStore({ timeoutMs })", "more than 0 milliseconds", timeoutMs, RangeError);
  mustBe(Number.isInteger(attempts) && attempts >= 1, "dynamodbStore({ attempts })", "1 or more", attempts, RangeError);
  return tableStore("dynamodb", table, async (action, input, withinMs) => {
    try {
      return await awsCall<{ readonly Item?: Item }>({
        service: "dynamodb",
        target: `DynamoDB_20120810.${action}`,
        input,
        region,
        endpoint,
        timeoutMs,
        attempts,
        withinMs,
      });
    } catch (error) {
      if (!(error instanceof AwsError && error.awsCode === "ConditionalCheckFailedException")) throw error;
      return { failed: true, Item: (error.answer as { readonly Item?: Item } | undefined)?.Item };
    }
  });
}
