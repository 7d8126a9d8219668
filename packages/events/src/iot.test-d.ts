import { bytes, type Lambda, wrap } from "@lamella/core";
import type { IoTHandler } from "aws-lambda";
import { z } from "zod";
import { same } from "../../core/test/same.ts";
import { iot } from "./iot.ts";

const Reading = z.object({ temperature: z.number() });

const handler = wrap(iot({ payload: Reading, data: bytes() }), async ({ payload, data, topic, at }) => {
  same<typeof payload, { temperature: number }>();
  same<typeof data, Uint8Array>();
  same<typeof topic, string | undefined>();
  same<typeof at, Date | undefined>();
});
same<typeof handler, Lambda<unknown, void>>();
export const aws: IoTHandler = handler;
wrap(iot(), async ({ payload, data }) => {
  same<typeof payload, unknown>();
  same<typeof data, undefined>();
});
// @ts-expect-error 2322: a codec is no schema, and what a rule selects is JSON already
iot({ payload: bytes() });
// @ts-expect-error 2339: a reading has no humidity
wrap(iot({ payload: Reading }), async ({ payload }) => void payload.humidity);
