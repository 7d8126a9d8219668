export {
  BadRequestError,
  ConflictError,
  ForbiddenError,
  GoneError,
  MethodNotAllowedError,
  NotAcceptableError,
  NotFoundError,
  PayloadTooLargeError,
  PreconditionFailedError,
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
export { type APIGatewayProxyEventV2, type APIGatewayProxyStructuredResultV2, httpApi } from "./http-api.ts";
export { type Answered, type AroundRequest, type HttpNext, httpLayer } from "./http-layer.ts";
export type { Handled, HttpKind, HttpOptions } from "./http-source.ts";
export type { HttpRequest, HttpShape, Shaped, Values } from "./request/http-request.ts";
export type { HttpBody, HttpResponse } from "./response/http-response.ts";
export { type HeaderValues, type HttpReply, reply } from "./response/reply.ts";
export type { AnyReplies, OkReplies, OkStatus, OtherStatus, RepliesOf, Reply, Responses, ReturnOf } from "./response/responses.ts";
