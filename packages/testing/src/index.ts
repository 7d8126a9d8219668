export { type FirehoseEventOptions, type FirehoseRecordInput, firehoseEvent } from "./events/firehose-event.ts";
export { type HttpApiEventInput, httpApiEvent } from "./events/http-api-event.ts";
export { type KafkaEventOptions, type KafkaHeaderInput, type KafkaRecordInput, kafkaEvent } from "./events/kafka-event.ts";
export { type SqsAttributeInput, type SqsEventOptions, type SqsMessageInput, sqsEvent } from "./events/sqs-event.ts";
export { type LambdaContextOptions, lambdaContext } from "./lambda-context.ts";
export { LambdaTimeoutError } from "./lambda-timeout-error.ts";
export { type ItemOutcome, type LogEntry, Sent } from "./sent.ts";
export { type Tester, testing } from "./testing.ts";
