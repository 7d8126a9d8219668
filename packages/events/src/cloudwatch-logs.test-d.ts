import { wrap } from "@lamella/core";
import type { CloudWatchLogsHandler } from "aws-lambda";
import { z } from "zod";
import { same } from "../../core/test/same.ts";
import { cloudwatchLogs, fromCloudwatchLogs } from "./cloudwatch-logs.ts";
import { firehose } from "./firehose.ts";

const Line = z.object({ level: z.string() });
type Line = z.output<typeof Line>;

const handler: CloudWatchLogsHandler = wrap(cloudwatchLogs({ message: Line }), async ({ message, timestamp, extractedFields }) => {
  same<typeof message, Line>();
  same<typeof timestamp, Date>();
  return extractedFields?.["level"];
});
void handler;
wrap(cloudwatchLogs(), async ({ message }) => same<typeof message, string>());
wrap(firehose({ data: fromCloudwatchLogs(Line) }), async ({ data }) => {
  same<(typeof data.events)[number]["message"], Line>();
  return data.events.map(({ message }) => message);
});
wrap(firehose({ data: fromCloudwatchLogs() }), async ({ data }) => data.events.map(({ message }) => message.toUpperCase()));

// @ts-expect-error 2339: without a schema the message is text
wrap(cloudwatchLogs(), async ({ message }) => message.level);
// @ts-expect-error 18048: the pattern may name no fields
wrap(cloudwatchLogs(), async ({ extractedFields }) => extractedFields.level);
// @ts-expect-error 2322: not a schema
cloudwatchLogs({ message: "Line" });
