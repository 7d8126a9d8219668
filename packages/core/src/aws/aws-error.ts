import { hide, LamellaError } from "../errors/lamella-error.ts";

/** What is known of a call that failed. */
export interface AwsFailure {
  /** The call, such as `sqs SendMessage`. */
  readonly call: string;
  readonly awsCode: string;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly retryable?: boolean | undefined;
  /** What to do. */
  readonly advice?: string | undefined;
  readonly serviceMessage?: string | undefined;
  /** What the service answered, parsed. */
  readonly answer?: unknown;
  readonly cause?: unknown;
}

/** A call of an AWS service failed, after it was tried again where that could help. */
export class AwsError extends LamellaError {
  readonly code = "LAMELLA_AWS";
  override readonly name = "AwsError";
  /** The service's own code, such as `AccessDenied`; without an answer the system's, such as `ECONNRESET`. */
  readonly awsCode: string;
  /** Of the answer; `undefined` where none came. */
  readonly status: number | undefined;
  /** What AWS asks for when you ask about a call. */
  readonly requestId: string | undefined;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** What the service says, which may quote what was sent. Not printed with the error. */
  declare readonly serviceMessage: string | undefined;
  /** The whole answer, which may hold what is stored there. Not printed with the error. */
  declare readonly answer: unknown;

  constructor({ call, awsCode, status, requestId, retryable = false, advice, serviceMessage, answer, cause }: AwsFailure) {
    const answered = status === undefined ? "" : ` (status ${status}, request ${requestId ?? "unknown"})`;
    super(`${call} failed: ${awsCode}${answered}.${advice ? ` ${advice}` : ""}`, { cause });
    this.awsCode = awsCode;
    this.status = status;
    this.requestId = requestId;
    this.retryable = retryable;
    hide(this, "serviceMessage", serviceMessage);
    hide(this, "answer", answer);
  }
}
