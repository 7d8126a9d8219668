import { HttpError, type HttpErrorOptions } from "./http-error.ts";

/** 500: something went wrong here. */
export class InternalError extends HttpError {
  override readonly name = "InternalError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(500, detail, options);
  }
}

/** 501: this is not implemented. */
export class NotImplementedError extends HttpError {
  override readonly name = "NotImplementedError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(501, detail, options);
  }
}

/** 502: a service that this one needs gave a wrong answer. */
export class BadGatewayError extends HttpError {
  override readonly name = "BadGatewayError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(502, detail, options);
  }
}

/** 503: not now. A `retry-after` header says when to try again. */
export class ServiceUnavailableError extends HttpError {
  override readonly name = "ServiceUnavailableError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(503, detail, options);
  }
}

/** 504: a service that this one needs gave no answer in time. */
export class GatewayTimeoutError extends HttpError {
  override readonly name = "GatewayTimeoutError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(504, detail, options);
  }
}
