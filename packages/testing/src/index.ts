export { type ActivemqEventOutput, type ActivemqMessageInput, type ActivemqRecordOutput, activemqEvent } from "./events/activemq-event.ts";
export { type AlbEventInput, albEvent } from "./events/alb-event.ts";
export { type AppSyncBatchEventOptions, type AppSyncBatchFieldInput, appSyncBatchEvent } from "./events/app-sync-batch-event.ts";
export { type AppSyncEventInput, appSyncEvent } from "./events/app-sync-event.ts";
export { type AppSyncChannelEvent, type AppSyncEventsEventInput, appSyncEventsEvent } from "./events/app-sync-events-event.ts";
export { type AsyncDestinationEventInput, type AsyncDestinationRecord, asyncDestinationEvent } from "./events/async-destination-event.ts";
export {
  type AuthorizerEventInput,
  type AuthorizerEvents,
  authorizerEvent,
  type HttpApiV1AuthorizerEvent,
} from "./events/authorizer-event.ts";
export {
  type BedrockAgentApiRequest,
  type BedrockAgentEventInput,
  type BedrockAgentFunctionRequest,
  type BedrockAgentInput,
  bedrockAgentEvent,
} from "./events/bedrock-agent-event.ts";
export { type CloudwatchAlarmEventInput, cloudwatchAlarmEvent } from "./events/cloudwatch-alarm-event.ts";
export { type CloudwatchLogsEventOptions, cloudwatchLogsEvent, type LogEventInput, packedLogs } from "./events/cloudwatch-logs-event.ts";
export { type CodePipelineArtifactInput, type CodePipelineEventInput, codePipelineEvent } from "./events/code-pipeline-event.ts";
export { type CognitoEventInput, type CognitoEvents, cognitoEvent } from "./events/cognito-event.ts";
export { type ConfigEvent, type ConfigEventInput, type ConfigurationItemInput, configEvent } from "./events/config-event.ts";
export { type CustomResourceEventInput, customResourceEvent } from "./events/custom-resource-event.ts";
export {
  type DocumentdbChangeInput,
  type DocumentdbEventOutput,
  type DocumentdbRecordOutput,
  documentdbEvent,
} from "./events/documentdb-event.ts";
export { type DynamodbChangeInput, type DynamodbEventOptions, dynamodbEvent, dynamodbWindowEvent } from "./events/dynamodb-event.ts";
export { type DynamodbViaKinesisEventOptions, dynamodbViaKinesisEvent } from "./events/dynamodb-via-kinesis-event.ts";
export { type EdgeEventInput, type EdgeEvents, edgeEvent } from "./events/edge-event.ts";
export { type EventBridgeEventInput, eventBridgeEvent } from "./events/event-bridge-event.ts";
export { type FirehoseEventOptions, type FirehoseRecordInput, firehoseEvent } from "./events/firehose-event.ts";
export { fromRequest } from "./events/from-request.ts";
export { type FunctionUrlEventInput, functionUrlEvent } from "./events/function-url-event.ts";
export { type HttpApiEventInput, httpApiEvent } from "./events/http-api-event.ts";
export { type HttpEventInput } from "./events/http-event-input.ts";
export { type IotEventInput, iotEvent } from "./events/iot-event.ts";
export { type KafkaEventOptions, type KafkaHeaderInput, type KafkaRecordInput, kafkaEvent } from "./events/kafka-event.ts";
export {
  type KinesisDataInput,
  type KinesisEventOptions,
  type KinesisRecordInput,
  type KinesisUserRecordInput,
  kinesisEvent,
  kinesisWindowEvent,
} from "./events/kinesis-event.ts";
export { type LatticeEventInput, type LatticeEventOfV1, type LatticeEventOfV2, latticeEvent } from "./events/lattice-event.ts";
export { type LexEventInput, lexEvent } from "./events/lex-event.ts";
export { type RabbitmqEventOutput, type RabbitmqMessageInput, type RabbitmqRecordOutput, rabbitmqEvent } from "./events/rabbitmq-event.ts";
export { type RestApiEventInput, restApiEvent } from "./events/rest-api-event.ts";
export { type S3BatchEventOptions, type S3BatchTaskInput, s3BatchEvent } from "./events/s3-batch-event.ts";
export { type S3ObjectInput, s3Event } from "./events/s3-event.ts";
export { type S3EventBridgeEventInput, s3EventBridgeEvent } from "./events/s3-event-bridge-event.ts";
export { type ScheduledEventInput, scheduledEvent } from "./events/scheduled-event.ts";
export { type SecretRotationEventInput, secretRotationEvent } from "./events/secret-rotation-event.ts";
export { type SesEventInput, sesEvent } from "./events/ses-event.ts";
export {
  type SnsAttributeInput,
  type SnsEnvelope,
  type SnsEventOptions,
  type SnsMessageInput,
  snsEnvelope,
  snsEvent,
} from "./events/sns-event.ts";
export { type SqsAttributeInput, type SqsEventOptions, type SqsMessageInput, sqsEvent } from "./events/sqs-event.ts";
export type { StreamWindow, StreamWindowInput } from "./events/stream-window.ts";
export { type MadeWebSocketEvent, type WebSocketEventInput, webSocketEvent } from "./events/web-socket-event.ts";
export { type LambdaContextOptions, lambdaContext } from "./lambda-context.ts";
export { LambdaTimeoutError } from "./lambda-timeout-error.ts";
export { albResponse, httpApiResponse, type LatticeReply, latticeResponse, restApiResponse } from "./replies/to-response.ts";
export { type ReceivedAnswer, type ResponseServer, type ResponseServerOptions, responseServer } from "./response-server.ts";
export { type ItemOutcome, type LogEntry, Sent } from "./sent.ts";
export { type Tester, testing } from "./testing.ts";
