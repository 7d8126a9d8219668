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
export { type HttpApiEventInput, httpApiEvent } from "./events/http-api-event.ts";
export { type IotEventInput, iotEvent } from "./events/iot-event.ts";
export { type LexEventInput, lexEvent } from "./events/lex-event.ts";
export { type SesEventInput, sesEvent } from "./events/ses-event.ts";
export { type SqsAttributeInput, type SqsEventOptions, type SqsMessageInput, sqsEvent } from "./events/sqs-event.ts";
export { type LambdaContextOptions, lambdaContext } from "./lambda-context.ts";
export { LambdaTimeoutError } from "./lambda-timeout-error.ts";
export { type ItemOutcome, type LogEntry, Sent } from "./sent.ts";
export { type Tester, testing } from "./testing.ts";
