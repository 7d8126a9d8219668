/** For those who call AWS from layers and sources: a small client without an SDK. */
export { type AwsCall, awsCall } from "./aws-call.ts";
export { AwsError, type AwsFailure } from "./aws-error.ts";
export { type AwsOptions, type AwsRequest, awsRequest } from "./aws-request.ts";
export { type AwsCredentials, credentials } from "./credentials.ts";
export { endpointOf } from "./endpoint.ts";
export { type AwsResponse, exchange, type Limits, type Sent } from "./exchange.ts";
export { type Signable, type Signed, sign } from "./sign.ts";
