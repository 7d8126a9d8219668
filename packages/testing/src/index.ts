export { type CustomResourceEventInput, customResourceEvent } from "./events/custom-resource-event.ts";
export { type HttpApiEventInput, httpApiEvent } from "./events/http-api-event.ts";
export { type SqsAttributeInput, type SqsEventOptions, type SqsMessageInput, sqsEvent } from "./events/sqs-event.ts";
export { type LambdaContextOptions, lambdaContext } from "./lambda-context.ts";
export { LambdaTimeoutError } from "./lambda-timeout-error.ts";
export { type ReceivedAnswer, type ResponseServer, type ResponseServerOptions, responseServer } from "./response-server.ts";
export { type ItemOutcome, type LogEntry, Sent } from "./sent.ts";
export { type Tester, testing } from "./testing.ts";
