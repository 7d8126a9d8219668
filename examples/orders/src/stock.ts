import { AwsError, call } from "./aws.ts";
import type { Order } from "./order.ts";

/** Takes an order's goods out of the stock; an order that has its goods keeps them, however often it comes. */
export async function reserve({ id, sku, quantity }: Order, signal: AbortSignal): Promise<"reserved" | "already reserved"> {
  const input = {
    TableName: process.env["TABLE_NAME"],
    Key: { sku: { S: sku } },
    UpdateExpression: "SET available = available - :quantity ADD orders :order",
    ConditionExpression: "available >= :quantity AND NOT contains(orders, :id)",
    ExpressionAttributeValues: { ":quantity": { N: String(quantity) }, ":order": { SS: [id] }, ":id": { S: id } },
  };
  try {
    await call("dynamodb", "UpdateItem", input, signal);
    return "reserved";
  } catch (error) {
    if (!(error instanceof AwsError && error.name === "ConditionalCheckFailedException")) throw error;
    const { Item: item } = await call<StockItem>(
      "dynamodb",
      "GetItem",
      { TableName: input.TableName, Key: input.Key, ConsistentRead: true },
      signal,
    );
    if (item?.orders?.SS.includes(id)) return "already reserved";
    throw new OutOfStockError(sku, quantity, Number(item?.available?.N ?? 0), error);
  }
}

interface StockItem {
  readonly Item?: { readonly available?: { readonly N: string }; readonly orders?: { readonly SS: readonly string[] } };
}

/** There is not enough of it; more may come, so trying again can help. */
export class OutOfStockError extends Error {
  override readonly name = "OutOfStockError";

  constructor(sku: string, wanted: number, available: number, cause: unknown) {
    super(`${wanted} of ${sku} wanted, ${available} there`, { cause });
  }
}
