import { z } from "zod";

/** What a client orders, and what travels through the queue. */
export const Order = z.object({ id: z.string().min(1), sku: z.string().min(1), quantity: z.int().positive() });
export type Order = z.output<typeof Order>;
