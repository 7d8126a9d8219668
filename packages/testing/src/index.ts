export { type DynamodbChangeInput, type DynamodbEventOptions, dynamodbEvent, dynamodbWindowEvent } from "./events/dynamodb-event.ts";
export { type DynamodbViaKinesisEventOptions, dynamodbViaKinesisEvent } from "./events/dynamodb-via-kinesis-event.ts";
export { type HttpApiEventInput, httpApiEvent } from "./events/http-api-event.ts";
export {
  type KinesisDataInput,
  type KinesisEventOptions,
  type KinesisRecordInput,
  type KinesisUserRecordInput,
  kinesisEvent,
  kinesisWindowEvent,
} from "./events/kinesis-event.ts";
export { type SqsAttributeInput, type SqsEventOptions, type SqsMessageInput, sqsEvent } from "./events/sqs-event.ts";
export type { StreamWindow, StreamWindowInput } from "./events/stream-window.ts";
export { type LambdaContextOptions, lambdaContext } from "./lambda-context.ts";
export { LambdaTimeoutError } from "./lambda-timeout-error.ts";
export { type ItemOutcome, type LogEntry, Sent } from "./sent.ts";
export { type Tester, testing } from "./testing.ts";
