import { type Lambda, wrap } from "@lamella/core";
import type { ScheduledHandler } from "aws-lambda";
import { z } from "zod";
import { same } from "../test/same.ts";
import { type Scheduled, type ScheduledEvent, type ScheduledNotification, schedule } from "./schedule.ts";

const Report = z.object({ to: z.string() });
type Report = z.output<typeof Report>;

const nightly = wrap(schedule(), async (run) => {
  same<typeof run, ScheduledNotification>();
  same<typeof run.input, undefined>();
  same<typeof run.scheduledAt, Date>();
});
same<typeof nightly, Lambda<ScheduledEvent<unknown>, void>>();
const aws: ScheduledHandler = nightly;
void aws;

const reports = wrap(schedule({ input: Report }), async (run) => {
  same<typeof run, Scheduled<Report>>();
  same<typeof run.scheduledAt, Date | undefined>();
  // @ts-expect-error 18048: an input tells the time only if it was put there
  run.scheduledAt.getTime();
});
same<typeof reports, Lambda<unknown, void>>();
const awsReports: ScheduledHandler = reports;
void awsReports;
wrap(schedule({ input: z.unknown() }), async ({ input }) => same<typeof input, unknown>());

// @ts-expect-error 2339: a Report has no from
wrap(schedule({ input: Report }), async ({ input }) => input.from);
// @ts-expect-error 2322: not a schema
schedule({ input: "Report" });
