export { type AlbEventInput, albEvent } from "./events/alb-event.ts";
export { type AsyncDestinationEventInput, type AsyncDestinationRecord, asyncDestinationEvent } from "./events/async-destination-event.ts";
export {
  type BedrockAgentApiRequest,
  type BedrockAgentEventInput,
  type BedrockAgentFunctionRequest,
  type BedrockAgentInput,
  bedrockAgentEvent,
} from "./events/bedrock-agent-event.ts";
export { type CloudwatchAlarmEventInput, cloudwatchAlarmEvent } from "./events/cloudwatch-alarm-event.ts";
export { type CognitoEventInput, type CognitoEvents, cognitoEvent } from "./events/cognito-event.ts";
export { type EdgeEventInput, type EdgeEvents, edgeEvent } from "./events/edge-event.ts";
export { type EventBridgeEventInput, eventBridgeEvent } from "./events/event-bridge-event.ts";
export { fromRequest } from "./events/from-request.ts";
export { type FunctionUrlEventInput, functionUrlEvent } from "./events/function-url-event.ts";
export { type HttpApiEventInput, httpApiEvent } from "./events/http-api-event.ts";
export type { HttpEventInput } from "./events/http-event-input.ts";
export { type IotEventInput, iotEvent } from "./events/iot-event.ts";
export { type LatticeEventInput, type LatticeEventOfV1, type LatticeEventOfV2, latticeEvent } from "./events/lattice-event.ts";
export { type LexEventInput, lexEvent } from "./events/lex-event.ts";
export { type RestApiEventInput, restApiEvent } from "./events/rest-api-event.ts";
export { type S3ObjectInput, s3Event } from "./events/s3-event.ts";
export { type S3EventBridgeEventInput, s3EventBridgeEvent } from "./events/s3-event-bridge-event.ts";
export { type ScheduledEventInput, scheduledEvent } from "./events/scheduled-event.ts";
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
export { type MadeWebSocketEvent, type WebSocketEventInput, webSocketEvent } from "./events/web-socket-event.ts";
export { type LambdaContextOptions, lambdaContext } from "./lambda-context.ts";
export { LambdaTimeoutError } from "./lambda-timeout-error.ts";
export { albResponse, httpApiResponse, type LatticeReply, latticeResponse, restApiResponse } from "./replies/to-response.ts";
export { type ItemOutcome, type LogEntry, Sent } from "./sent.ts";
export { type Tester, testing } from "./testing.ts";
