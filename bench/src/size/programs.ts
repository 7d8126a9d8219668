import events from "../../../packages/events/package.json" with { type: "json" };

/** A program to bundle. */
export interface Program {
  readonly name: string;
  readonly code: string;
  /** Whether the AWS SDK is in the bundle, where the program uses it. @default false */
  readonly bringsSdk?: boolean | undefined;
  /** Whether something in the bundle is a CommonJS module that asks for `require`. @default where it has the SDK */
  readonly requires?: boolean | undefined;
  /** What `_X_AMZN_TRACE_ID` is when its handler is called once, as part of what is timed. @default only the import is timed */
  readonly trace?: string | undefined;
}

/** Programs of which budgets.json says how many bytes they may have: what is exported is what is counted. */
export const budgeted: readonly Program[] = [
  { name: "core", code: `export { wrap } from "@lamella/core";` },
  ...Object.keys(events.exports)
    .map((subpath) => subpath.slice("./".length))
    .filter((name) => name !== "package.json")
    .map((name) => ({
      name: `core + ${factoryOf(name)}`,
      code: `export { wrap } from "@lamella/core"; export { ${factoryOf(name)} } from "@lamella/events/${name}";`,
    })),
  ...["httpApi", "restApi", "functionUrl", "alb", "lattice", "http"].map((source) => ({
    name: `core + ${source}`,
    code: `export { wrap } from "@lamella/core"; export { ${source} } from "@lamella/http";`,
  })),
  ...["httpApi", "http"].map((source) => ({
    name: `core + ${source} + router`,
    code: `export { wrap } from "@lamella/core"; export { ${source}, route, router } from "@lamella/http";`,
  })),
  { name: "core + authorizer", code: `export { wrap } from "@lamella/core"; export { allow, authorizer, deny } from "@lamella/http";` },
];

/** A source is named after its subpath. */
function factoryOf(subpath: string): string {
  return subpath.replaceAll(/-(.)/g, (_match, letter: string) => letter.toUpperCase());
}

/** The same of the peers, and parts that are only looked at. */
export const parts: readonly Program[] = [
  ...["functionUrl", "restApi"].map((source) => ({
    name: `core + ${source} + stream`,
    code: `export { wrap } from "@lamella/core"; export { ${source}, stream } from "@lamella/http";`,
  })),
  {
    name: "core + functionUrl + stream + eventStream",
    code: `export { wrap } from "@lamella/core"; export { eventStream, functionUrl, stream } from "@lamella/http";`,
  },
  { name: "core + direct", code: `export { direct, wrap } from "@lamella/core";` },
  { name: "core + sqs + retryLater", code: `export { retryLater, wrap } from "@lamella/core"; export { sqs } from "@lamella/events/sqs";` },
  { name: "core/aws", code: `export { awsCall } from "@lamella/core/aws";` },
  {
    name: "core + direct + idempotency + dynamodbStore",
    code: `export { direct, wrap } from "@lamella/core"; export { idempotency } from "@lamella/idempotency";
      export { dynamodbStore } from "@lamella/idempotency/dynamodb";`,
  },
  {
    name: "core + direct + idempotency + redisStore",
    code: `export { direct, wrap } from "@lamella/core"; export { idempotency } from "@lamella/idempotency";
      export { redisStore } from "@lamella/idempotency/redis";`,
  },
  {
    name: "core + direct + idempotency + sqlStore",
    code: `export { direct, wrap } from "@lamella/core"; export { idempotency } from "@lamella/idempotency";
      export { sqlStore } from "@lamella/idempotency/sql";`,
  },
  {
    name: "core + direct + transaction + sqlStore",
    code: `export { direct, wrap } from "@lamella/core"; export { transaction } from "@lamella/idempotency";
      export { sqlStore } from "@lamella/idempotency/sql";`,
  },
  ...[false, true].map((bringsSdk) => ({
    name: `Powertools idempotency + DynamoDB, ${bringsSdk ? "with" : "without"} the SDK`,
    code: `export { makeIdempotent } from "@aws-lambda-powertools/idempotency";
      export { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";`,
    bringsSdk,
  })),
  { name: "core, all of it", code: `export * from "@lamella/core";` },
  { name: "@middy/core", code: `export { middy } from "@middy/core";` },
  { name: "Powertools batch", code: `export { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";` },
  {
    name: "Powertools batch + parser",
    code: `export { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
      export { parser } from "@aws-lambda-powertools/batch/parser";`,
  },
  { name: "Powertools logger", code: `export { Logger } from "@aws-lambda-powertools/logger";` },
  { name: "Powertools metrics", code: `export { Metrics } from "@aws-lambda-powertools/metrics";` },
  { name: "Powertools event-handler", code: `export { Router } from "@aws-lambda-powertools/event-handler/http";` },
  { name: "Hono + aws-lambda", code: `export { Hono } from "hono"; export { handle } from "hono/aws-lambda";` },
  { name: "lambda-api", code: `export { default } from "lambda-api";` },
];

const zod = `import * as z from "zod"; const Order = z.object({ id: z.string(), quantity: z.int().check(z.positive()) });`;
const mini = `import * as z from "zod/mini"; const Order = z.object({ id: z.string(), quantity: z.int().check(z.positive()) });`;
const valibot = `import * as v from "valibot";
  const Order = v.object({ id: v.string(), quantity: v.pipe(v.number(), v.integer(), v.minValue(1)) });`;
const work = `const reserve = async (order, log) => log?.debug(order.id);`;

const bySchema = (parse: string) => `export const handler = async ({ Records }) => {
    const batchItemFailures = [];
    for (const { messageId, body } of Records) {
      try { await reserve(${parse}); } catch { batchItemFailures.push({ itemIdentifier: messageId }); }
    }
    return { batchItemFailures };
  };`;

const lamella = `import { wrap } from "@lamella/core"; import { sqs } from "@lamella/events/sqs";
  export const handler = wrap(sqs({ body: Order }), ({ body }) => reserve(body));`;
const lamellaLogged = `import { wrap } from "@lamella/core"; import { sqs } from "@lamella/events/sqs"; import { logger } from "@lamella/logger";
  export const handler = wrap(sqs({ body: Order }), logger({ service: "orders" }), ({ body }, { log }) => reserve(body, log));`;
const lamellaMeasured = `import { wrap } from "@lamella/core"; import { sqs } from "@lamella/events/sqs"; import { metrics } from "@lamella/metrics";
  export const handler = wrap(sqs({ body: Order }), metrics({ namespace: "shop", service: "orders" }), ({ body }, { metric }) => {
    metric.addMetric("ReservedItems", "Count", body.quantity);
    return reserve(body);
  });`;
const powertoolsMeasured = `
  import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
  import { Metrics } from "@aws-lambda-powertools/metrics";
  import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
  import { middy } from "@middy/core";
  const metrics = new Metrics({ namespace: "shop", serviceName: "orders" });
  const processor = new BatchProcessor(EventType.SQS);
  const onRecord = async ({ body }) => {
    const order = v.parse(Order, JSON.parse(body));
    metrics.addMetric("ReservedItems", "Count", order.quantity);
    return reserve(order);
  };
  export const handler = middy(async (event, context) => processPartialResponse(event, onRecord, processor, { context }))
    .use(logMetrics(metrics, { captureColdStartMetric: true }));`;

const powertools = (processor: string, read: string) => `
  import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
  import { Logger } from "@aws-lambda-powertools/logger";
  import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
  import { middy } from "@middy/core";
  const logger = new Logger({ serviceName: "orders" });
  ${processor}
  const onRecord = async ({ body }) => reserve(${read}, logger);
  export const handler = middy(async (event, context) => processPartialResponse(event, onRecord, processor, { context })).use(injectLambdaContext(logger));`;
const plainProcessor = `const processor = new BatchProcessor(EventType.SQS);`;
const parsingProcessor = `import { parser } from "@aws-lambda-powertools/batch/parser";
  const processor = new BatchProcessor(EventType.SQS, { parser, innerSchema: Order, transformer: "json" });`;

const lamellaOtel = `import { wrap } from "@lamella/core"; import { sqs } from "@lamella/events/sqs"; import { otel } from "@lamella/tracer/otel";
  export const handler = wrap(sqs({ body: Order }), otel(), ({ body }, { trace }) => trace.span("reserve", () => reserve(body)));`;
const otelSdk = `import { context, propagation, trace } from "@opentelemetry/api";
  import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
  import { W3CTraceContextPropagator } from "@opentelemetry/core";
  import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
  import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const processor = new BatchSpanProcessor({ exporter: new OTLPTraceExporter() });
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [processor] }));`;

const lamellaTraced = `import { wrap } from "@lamella/core"; import { sqs } from "@lamella/events/sqs";
  import { tracer } from "@lamella/tracer";
  export const handler = wrap(sqs({ body: Order }), tracer({ service: "orders" }), ({ body }) => reserve(body));`;
const middyTraced = `
  import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
  import { Tracer } from "@aws-lambda-powertools/tracer";
  import { captureLambdaHandler } from "@aws-lambda-powertools/tracer/middleware";
  import { middy } from "@middy/core";
  const tracer = new Tracer({ serviceName: "orders" });
  ${plainProcessor}
  const onRecord = async ({ body }) => reserve(Order.parse(JSON.parse(body)));
  export const handler = middy(async (event, context) => processPartialResponse(event, onRecord, processor, { context }))
    .use(captureLambdaHandler(tracer));`;

const trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=";
/** The same with a tracer: its import, then with a first invocation that is traced, and one that is not. */
const traced: readonly Program[] = [
  { name: "sqs + zod/mini, a first call", code: `${mini} ${work} ${lamella}`, trace: `${trace}0` },
  { name: "sqs + tracer + zod/mini, import", code: `${mini} ${work} ${lamellaTraced}`, requires: true },
  {
    name: "sqs + tracer + zod/mini, a first call, not traced",
    code: `${mini} ${work} ${lamellaTraced}`,
    requires: true,
    trace: `${trace}0`,
  },
  {
    name: "sqs + tracer + zod/mini, a first call, traced",
    code: `${mini} ${work} ${lamellaTraced}`,
    requires: true,
    trace: `${trace}1`,
  },
  { name: "Middy + Powertools batch, tracer + zod/mini, import", code: `${mini} ${work} ${middyTraced}`, requires: true },
  {
    name: "Middy + Powertools batch, tracer + zod/mini, a first call, not traced",
    code: `${mini} ${work} ${middyTraced}`,
    requires: true,
    trace: `${trace}0`,
  },
  {
    name: "Middy + Powertools batch, tracer + zod/mini, a first call, traced",
    code: `${mini} ${work} ${middyTraced}`,
    requires: true,
    trace: `${trace}1`,
  },
];
// The design's whole function.
const lamellaOnce = `import { wrap } from "@lamella/core"; import { sqs } from "@lamella/events/sqs"; import { logger } from "@lamella/logger";
  import { idempotency } from "@lamella/idempotency"; import { dynamodbStore } from "@lamella/idempotency/dynamodb";
  import { tracer } from "@lamella/tracer";
  export const handler = wrap(
    sqs({ body: Order }),
    logger({ service: "orders" }),
    tracer({ service: "orders" }),
    idempotency({ store: dynamodbStore({ table: "idempotency" }), key: ({ body }) => body.id }),
    ({ body }, { log }) => reserve(body, log),
  );`;
const powertoolsOnce = `
  import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
  import { parser } from "@aws-lambda-powertools/batch/parser";
  import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
  import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
  import { Logger } from "@aws-lambda-powertools/logger";
  import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
  import { Tracer } from "@aws-lambda-powertools/tracer";
  import { captureLambdaHandler } from "@aws-lambda-powertools/tracer/middleware";
  import { middy } from "@middy/core";
  const logger = new Logger({ serviceName: "orders" });
  const tracer = new Tracer({ serviceName: "orders" });
  const config = new IdempotencyConfig({ eventKeyJmesPath: "id" });
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName: "idempotency" });
  const once = makeIdempotent((body) => reserve(body, logger), { persistenceStore, config });
  const processor = new BatchProcessor(EventType.SQS, { parser, innerSchema: Order, transformer: "json" });
  const onRecord = ({ body }) => once(body);
  export const handler = middy(async (event, context) => {
    config.registerLambdaContext(context);
    return processPartialResponse(event, onRecord, processor, { context });
  }).use(captureLambdaHandler(tracer)).use(injectLambdaContext(logger));`;

/** What the design gives the import of a whole function: a share of the same function with the peers. */
export const importBudget = {
  figure: "import of sqs + logger + tracer + idempotency + zod, of the same with Middy and Powertools",
  budget: 1 / 3,
  of: "sqs + logger + tracer + idempotency + zod",
  peers: ["Middy + Powertools, all of it + zod", "Middy + Powertools, all of it, the SDK + zod"],
} as const;

/** Whole functions that take orders from a queue, to bundle and to import in new processes. */
export const functions: readonly Program[] = [
  { name: "by hand, no schema", code: `${work} ${bySchema("JSON.parse(body)")}` },
  { name: "by hand + valibot", code: `${valibot} ${work} ${bySchema("v.parse(Order, JSON.parse(body))")}` },
  { name: "by hand + zod/mini", code: `${mini} ${work} ${bySchema("Order.parse(JSON.parse(body))")}` },
  { name: "by hand + zod", code: `${zod} ${work} ${bySchema("Order.parse(JSON.parse(body))")}` },
  { name: "sqs + valibot", code: `${valibot} ${work} ${lamella}` },
  { name: "sqs + zod/mini", code: `${mini} ${work} ${lamella}` },
  { name: "sqs + zod", code: `${zod} ${work} ${lamella}` },
  { name: "sqs + metrics + valibot", code: `${valibot} ${work} ${lamellaMeasured}` },
  { name: "sqs + logger + valibot", code: `${valibot} ${work} ${lamellaLogged}` },
  { name: "sqs + logger + zod/mini", code: `${mini} ${work} ${lamellaLogged}` },
  { name: "sqs + logger + zod", code: `${zod} ${work} ${lamellaLogged}` },
  { name: "Middy + Powertools batch, metrics + valibot", code: `${valibot} ${work} ${powertoolsMeasured}` },
  {
    name: "Middy + Powertools batch, logger + valibot",
    code: `${valibot} ${work} ${powertools(plainProcessor, "v.parse(Order, JSON.parse(body))")}`,
  },
  {
    name: "Middy + Powertools batch, logger + zod/mini",
    code: `${mini} ${work} ${powertools(plainProcessor, "Order.parse(JSON.parse(body))")}`,
  },
  { name: "Middy + Powertools batch, logger + zod", code: `${zod} ${work} ${powertools(plainProcessor, "Order.parse(JSON.parse(body))")}` },
  ...traced,
  { name: "Middy + Powertools batch, parser, logger + zod", code: `${zod} ${work} ${powertools(parsingProcessor, "body")}` },
  { name: "sqs + otel + zod", code: `${zod} ${work} ${lamellaOtel}` },
  { name: "sqs + otel, with an SDK for it + zod", code: `${otelSdk} ${zod} ${work} ${lamellaOtel}` },
  { name: importBudget.of, code: `${zod} ${work} ${lamellaOnce}`, requires: true },
  { name: importBudget.peers[0], code: `${zod} ${work} ${powertoolsOnce}`, requires: true },
  { name: importBudget.peers[1], code: `${zod} ${work} ${powertoolsOnce}`, bringsSdk: true },
];
