export { type ActivemqEventOutput, type ActivemqMessageInput, type ActivemqRecordOutput, activemqEvent } from "./events/activemq-event.ts";
export { type AppSyncBatchEventOptions, type AppSyncBatchFieldInput, appSyncBatchEvent } from "./events/app-sync-batch-event.ts";
export { type CloudwatchLogsEventOptions, cloudwatchLogsEvent, type LogEventInput, packedLogs } from "./events/cloudwatch-logs-event.ts";
export { type CustomResourceEventInput, customResourceEvent } from "./events/custom-resource-event.ts";
export {
  type DocumentdbChangeInput,
  type DocumentdbEventOutput,
  type DocumentdbRecordOutput,
  documentdbEvent,
} from "./events/documentdb-event.ts";
export { type FirehoseEventOptions, type FirehoseRecordInput, firehoseEvent } from "./events/firehose-event.ts";
export { type HttpApiEventInput, httpApiEvent } from "./events/http-api-event.ts";
export { type KafkaEventOptions, type KafkaHeaderInput, type KafkaRecordInput, kafkaEvent } from "./events/kafka-event.ts";
export { type RabbitmqEventOutput, type RabbitmqMessageInput, type RabbitmqRecordOutput, rabbitmqEvent } from "./events/rabbitmq-event.ts";
export { type S3BatchEventOptions, type S3BatchTaskInput, s3BatchEvent } from "./events/s3-batch-event.ts";
export { type SqsAttributeInput, type SqsEventOptions, type SqsMessageInput, sqsEvent } from "./events/sqs-event.ts";
export { type LambdaContextOptions, lambdaContext } from "./lambda-context.ts";
export { LambdaTimeoutError } from "./lambda-timeout-error.ts";
export { type ReceivedAnswer, type ResponseServer, type ResponseServerOptions, responseServer } from "./response-server.ts";
export { type ItemOutcome, type LogEntry, Sent } from "./sent.ts";
export { type Tester, testing } from "./testing.ts";
