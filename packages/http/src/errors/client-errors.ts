import { HttpError, type HttpErrorOptions } from "./http-error.ts";

/** 400: the request makes no sense, for whoever sends it. */
export class BadRequestError extends HttpError {
  override readonly name = "BadRequestError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(400, detail, options);
  }
}

/** 401: the client has not said who it is. HTTP wants a `www-authenticate` header with it. */
export class UnauthorizedError extends HttpError {
  override readonly name = "UnauthorizedError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(401, detail, options);
  }
}

/** 402: it costs something that has not been paid. */
export class PaymentRequiredError extends HttpError {
  override readonly name = "PaymentRequiredError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(402, detail, options);
  }
}

/** 403: the client may not do this, whoever it is. */
export class ForbiddenError extends HttpError {
  override readonly name = "ForbiddenError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(403, detail, options);
  }
}

/** 404: there is nothing here, or nothing that the client may know of. */
export class NotFoundError extends HttpError {
  override readonly name = "NotFoundError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(404, detail, options);
  }
}

/** 405: not with this method. HTTP wants an `allow` header with it. */
export class MethodNotAllowedError extends HttpError {
  override readonly name = "MethodNotAllowedError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(405, detail, options);
  }
}

/** 406: there is no representation that the client accepts. */
export class NotAcceptableError extends HttpError {
  override readonly name = "NotAcceptableError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(406, detail, options);
  }
}

/** 408: the client took too long to send it. */
export class RequestTimeoutError extends HttpError {
  override readonly name = "RequestTimeoutError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(408, detail, options);
  }
}

/** 409: the state of what is here does not allow it. */
export class ConflictError extends HttpError {
  override readonly name = "ConflictError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(409, detail, options);
  }
}

/** 410: it was here, and will not come back. */
export class GoneError extends HttpError {
  override readonly name = "GoneError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(410, detail, options);
  }
}

/** 412: what is here is no longer what the client thinks. */
export class PreconditionFailedError extends HttpError {
  override readonly name = "PreconditionFailedError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(412, detail, options);
  }
}

/** 413: the body is too large. */
export class PayloadTooLargeError extends HttpError {
  override readonly name = "PayloadTooLargeError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(413, detail, options);
  }
}

/** 415: the body is of a type that is not read here. */
export class UnsupportedMediaTypeError extends HttpError {
  override readonly name = "UnsupportedMediaTypeError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(415, detail, options);
  }
}

/** 422: the request is well formed, and cannot be carried out. */
export class UnprocessableError extends HttpError {
  override readonly name = "UnprocessableError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(422, detail, options);
  }
}

/** 423: what is here is in use, and cannot be changed now. */
export class LockedError extends HttpError {
  override readonly name = "LockedError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(423, detail, options);
  }
}

/** 428: only with a condition, such as `if-match`, so that no change of others is lost. */
export class PreconditionRequiredError extends HttpError {
  override readonly name = "PreconditionRequiredError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(428, detail, options);
  }
}

/** 429: the client asks too often. A `retry-after` header says when it may again. */
export class TooManyRequestsError extends HttpError {
  override readonly name = "TooManyRequestsError";

  constructor(detail?: string, options?: HttpErrorOptions) {
    super(429, detail, options);
  }
}
