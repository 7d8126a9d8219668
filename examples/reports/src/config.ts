import { env } from "@lamella/core";
import { z } from "zod";

/** What the template sets. All that is wrong is said at once, when the function is loaded. */
export const config = env(
  z.object({
    DB_SECRET_ID: z.string().min(1),
    /** How old the login may grow before it is looked at again. */
    SECRET_MAX_AGE_MS: z.coerce.number().positive().default(300_000),
    DB_TLS: z.stringbool().default(true),
  }),
);
