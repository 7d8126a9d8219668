import { wrap } from "@lamella/core";
import type { Handler } from "aws-lambda";
import { z } from "zod";
import { same } from "../../core/test/same.ts";
import { type DocumentdbEvent, documentdb, type UpdateDescription } from "./documentdb.ts";

const Order = z.object({ sku: z.string() });
type Order = z.output<typeof Order>;

const handler: Handler<DocumentdbEvent, void> = wrap(documentdb({ document: Order }), async (change) => {
  same<typeof change.fullDocument, Order | undefined>();
  if (change.operationType === "insert") same<typeof change.fullDocument, Order>();
  if (change.operationType === "delete") same<typeof change.fullDocument, undefined>();
  if (change.operationType === "update") {
    same<typeof change.fullDocument, Order | undefined>();
    same<typeof change.updateDescription, UpdateDescription>();
  }
  if (change.operationType === "rename") same<typeof change.to.collection, string>();
});
void handler;
wrap(documentdb(), async ({ fullDocument }) => void fullDocument?.["sku"]);

// @ts-expect-error 18048: deletes have no document
wrap(documentdb({ document: Order }), async ({ fullDocument }) => fullDocument.sku);
wrap(documentdb({ document: Order }), async (change) => {
  // @ts-expect-error 2367: no such operation
  if (change.operationType === "upsert") return;
});
// @ts-expect-error 2322: not a schema
documentdb({ document: "Order" });
