import { s3 } from "@lamella/events/s3";
import { sqs } from "@lamella/events/sqs";
import { httpApi } from "@lamella/http";
import { z } from "zod";
import { same } from "../test/same.ts";
import { direct, env, retry, timeout, warmup, whole, wrap } from "./index.ts";

// They stand around every kind of item, and leave it and the context as they are.
export const ofMessages = wrap(
  sqs({ body: z.object({ id: z.string() }) }),
  warmup(),
  retry(),
  timeout(1_000),
  async ({ body }, { signal }) => {
    same<typeof body.id, string>();
    same<typeof signal, AbortSignal>();
  },
);
export const ofRequests = wrap(httpApi(), retry({ when: (error) => error instanceof TypeError }), timeout(500), async ({ path }) => path);
export const ofObjects = wrap(s3(), timeout(500), async ({ raw }) => raw.s3);
export const ofBatches = wrap(whole(sqs()), retry({ attempts: undefined }), timeout(500), async ({ items }) => items.length);
export const ofAnything = wrap(direct<string, number>(), retry({ jitter: false, maxBackoffMs: 100 }), async (text) => text.length);

// @ts-expect-error retry takes options, not a number of tries
retry(3);
// @ts-expect-error there is no such option
retry({ retries: 3 });
// @ts-expect-error timeout needs to know how long
timeout();
// @ts-expect-error a number of milliseconds, not an object
timeout({ ms: 500 });
// @ts-expect-error a ping is told by a function
warmup({ when: "serverless-plugin-warmup" });

const config = env(z.object({ TABLE: z.string(), LIMIT: z.coerce.number(), DEBUG: z.stringbool().optional() }), { TABLE: "orders" });
same<typeof config, { TABLE: string; LIMIT: number; DEBUG?: boolean | undefined }>();
// @ts-expect-error the schema names no such variable
config.TABEL;
// @ts-expect-error variables are text
env(z.object({}), { LIMIT: 5 });
// @ts-expect-error no schema, but a description of one
env({ TABLE: "string" });
