export { type ALBEvent, type ALBResult, type AlbShape, alb } from "./alb.ts";
export {
  type AllowOptions,
  type Authorized,
  allow,
  type DenyOptions,
  deny,
  type PolicyContext,
  type SimpleContext,
} from "./authorizer/answers.ts";
export type { AnyAsked, Authorization, AuthorizerEvent, RequestAuthorization, TokenAuthorization } from "./authorizer/authorization.ts";
export {
  type APIGatewayAuthorizerResult,
  type APIGatewayRequestAuthorizerEvent,
  type APIGatewayRequestAuthorizerEventV2,
  type APIGatewaySimpleAuthorizerResult,
  type APIGatewayTokenAuthorizerEvent,
  type AuthorizerOptions,
  authorizer,
  type PolicyKind,
  type SimpleAnswer,
  type SimpleKind,
} from "./authorizer/authorizer.ts";
export type { MethodArn } from "./authorizer/method-arn.ts";
export {
  BadRequestError,
  ConflictError,
  ForbiddenError,
  GoneError,
  LockedError,
  MethodNotAllowedError,
  NotAcceptableError,
  NotFoundError,
  PayloadTooLargeError,
  PaymentRequiredError,
  PreconditionFailedError,
  PreconditionRequiredError,
  RequestTimeoutError,
  TooManyRequestsError,
  UnauthorizedError,
  UnprocessableError,
  UnsupportedMediaTypeError,
} from "./errors/client-errors.ts";
export { HttpError, type HttpErrorOptions } from "./errors/http-error.ts";
export {
  BadGatewayError,
  GatewayTimeoutError,
  InternalError,
  NotImplementedError,
  ServiceUnavailableError,
} from "./errors/server-errors.ts";
export { type BindingsOf, type FetchApp, type FetchOptions, fetchHandler } from "./fetch-handler.ts";
export { type FormValues, form } from "./form.ts";
export { type FunctionUrlShape, functionUrl, type LambdaFunctionURLEvent } from "./function-url.ts";
export { type HttpEvent, type HttpResult, http } from "./http.ts";
export { type APIGatewayProxyEventV2, type APIGatewayProxyStructuredResultV2, type HttpApiShape, httpApi } from "./http-api.ts";
export { type Answered, type AroundRequest, type HttpNext, httpLayer } from "./http-layer.ts";
export type { Handled, HttpKind, HttpOptions, RouteOptions, StagedHttpOptions } from "./http-source.ts";
export { type LatticeShape, lattice } from "./lattice.ts";
export type {
  LatticeEvent,
  LatticeEventV1,
  LatticeEventV2,
  LatticeIdentity,
  LatticeRequestContext,
  LatticeResult,
} from "./lattice-event.ts";
export { type BodyLimitOptions, bodyLimit } from "./layers/body-limit.ts";
export { type CorsOptions, cors } from "./layers/cors.ts";
export type { AllowsOrigin, CorsOrigins } from "./layers/cors-origins.ts";
export { type MapError, mapErrors } from "./layers/map-errors.ts";
export { type RequestIdOptions, requestId, type WithRequestId } from "./layers/request-id.ts";
export { type SecurityHeader, type SecurityHeadersOptions, securityHeaders } from "./layers/security-headers.ts";
export type { Auth, CognitoAuth, IamAuth, IamFields, JwtAuth, LambdaAuth } from "./request/auth.ts";
export type { HttpRequest, HttpShape, NamedValues, Shaped, Values } from "./request/http-request.ts";
export type { HttpBody, HttpResponse } from "./response/http-response.ts";
export { type HeaderValues, type HttpReply, reply } from "./response/reply.ts";
export type { AnyReplies, OkReplies, OkStatus, OtherStatus, RepliesOf, Reply, Responses, ReturnOf } from "./response/responses.ts";
export { type APIGatewayProxyEvent, type APIGatewayProxyResult, type RestApiShape, restApi } from "./rest-api.ts";
export { type RouteHandler, type RouteItem, type RouteOptionsOf, route } from "./router/route.ts";
export { type RouterOptions, router } from "./router/router.ts";
export type { BareHandler, Entry, Method, ParamNames, ParamsOf, Route, Router, Routes, RoutesLayer } from "./router/routes.ts";
export { type EventStreamOptions, eventStream, type ServerSentEvent } from "./streaming/event-stream.ts";
export type { ResponseStream } from "./streaming/response-stream.ts";
export { type StreamingLambda, type StreamOptions, stream } from "./streaming/stream.ts";
