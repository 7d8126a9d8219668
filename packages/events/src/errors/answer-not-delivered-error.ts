import { LamellaError } from "@lamella/core";

/** CloudFormation could not be told what became of a custom resource. */
export class AnswerNotDeliveredError extends LamellaError {
  readonly code = "LAMELLA_ANSWER_NOT_DELIVERED";
  override readonly name = "AnswerNotDeliveredError";
  /** The status of the last try; `undefined` where there was no response at all. */
  readonly status: number | undefined;

  // Nothing of the URL is told: whoever has it can answer.
  constructor(tries: number, status: number | undefined, cause?: unknown) {
    const last = status === undefined ? "no response" : `status ${status}`;
    super(
      `CloudFormation's response URL took no answer, in ${tries} ${tries === 1 ? "try" : "tries"}, the last with ${last}. Check that the function can reach S3, as through a NAT gateway or a gateway endpoint where it runs in a VPC.`,
      cause === undefined ? undefined : { cause },
    );
    this.status = status;
  }
}
