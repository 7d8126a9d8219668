import { z } from "zod";

/** What is charged, in cents. */
export const Charge = z.object({ order: z.string().min(1), amount: z.int().positive() });
export type Charge = z.output<typeof Charge>;

/** What a charge came to. */
export const Receipt = z.object({ id: z.string(), order: z.string(), amount: z.int() });
export type Receipt = z.output<typeof Receipt>;
