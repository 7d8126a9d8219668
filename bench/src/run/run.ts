import { group as dynamodb } from "./dynamodb.ts";
import { group as eventBridge } from "./event-bridge.ts";
import { group as http } from "./http.ts";
import { group as httpKinds } from "./http-kinds.ts";
import { group as idempotency } from "./idempotency.ts";
import { group as kinesis } from "./kinesis.ts";
import { group as logger } from "./logger.ts";
import { measure } from "./measure.ts";
import { group as metrics } from "./metrics.ts";
import { group as otel } from "./otel.ts";
import { group as overhead } from "./overhead.ts";
import { showGroup, showVerdicts, toFigures, verdictsOf } from "./report.ts";
import { group as router } from "./router.ts";
import { group as s3 } from "./s3.ts";
import { group as sns } from "./sns.ts";
import { group as sqs } from "./sqs.ts";
import { group as sqsFifo } from "./sqs-fifo.ts";
import { group as tracer } from "./tracer.ts";

/** Times every group, prints its tables, and gives the figures. */
export async function run(): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const group of [
    overhead,
    sqs,
    sqsFifo,
    kinesis,
    dynamodb,
    http,
    httpKinds,
    router,
    sns,
    s3,
    eventBridge,
    logger,
    idempotency,
    otel,
    metrics,
    tracer,
  ]) {
    const measured = await measure(group);
    const figures = toFigures(group, measured);
    const verdicts = verdictsOf(group, figures, measured);
    console.log(`\n${showGroup(group, figures)}\n\n${showVerdicts(verdicts)}`);
    results.push({ group: group.name, baseline: group.baseline, figures, verdicts });
  }
  return results;
}
