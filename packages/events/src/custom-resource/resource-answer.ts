import { OutputError } from "@lamella/core";
import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse } from "aws-lambda";

/** What CloudFormation takes at most, in bytes. */
const MAX_BYTES = 4_096;
const MAX_ID_BYTES = 1_024;
const MAX_REASON_CHARACTERS = 1_000;

/**
 * The id of a resource whose handler gives none: the same at every try, and told apart from those of other stacks and of
 * a stack of the same name before or after.
 */
export function defaultIdOf({ StackId: stackId, LogicalResourceId: logicalId }: CloudFormationCustomResourceEvent): string {
  const { createHash } = process.getBuiltinModule("node:crypto");
  const hash = createHash("sha256").update(`${stackId}/${logicalId}`).digest("hex").slice(0, 12);
  return `${stackNameOf(stackId)}-${logicalId}-${hash}`;
}

/** The id that says that the handler did not create anything; CloudFormation gives it back in the Delete that follows. */
export function neverCreatedIdOf(event: CloudFormationCustomResourceEvent): string {
  return `never-created:${defaultIdOf(event)}`;
}

/** `orders` of `arn:aws:cloudformation:eu-west-1:123456789012:stack/orders/51af3dc0-…`. */
export function stackNameOf(stackId: string): string {
  return stackId.split("/")[1] ?? stackId;
}

/** @throws {OutputError} When an id that a handler gave is none. */
export function checkPhysicalId(id: unknown): void {
  const problem =
    typeof id !== "string" || id === ""
      ? "is no text, or is empty"
      : Buffer.byteLength(id) > MAX_ID_BYTES
        ? `has ${Buffer.byteLength(id)} bytes, where CloudFormation takes ${MAX_ID_BYTES}`
        : id.startsWith("never-created:")
          ? `begins with "never-created:", which says that there is nothing to delete`
          : undefined;
  if (problem !== undefined) throw new OutputError({ part: "physicalId", problem });
}

/** @throws {OutputError} When the answer cannot be sent. */
export function toSuccess(answer: CloudFormationCustomResourceResponse): string {
  let body: string;
  try {
    body = JSON.stringify(answer);
  } catch (cause) {
    throw new OutputError({ part: "data", problem: "is not to be written as JSON", cause });
  }
  const size = Buffer.byteLength(body);
  if (size > MAX_BYTES)
    throw new OutputError({ part: "data", problem: `makes an answer of ${size} bytes, where CloudFormation takes ${MAX_BYTES}` });
  return body;
}

/** The answer of a failure, with as much of the reason as CloudFormation takes. */
export function toFailure(answer: CloudFormationCustomResourceResponse, reason: string, where: string): string {
  for (let length = Math.min(reason.length, MAX_REASON_CHARACTERS); ; length = Math.floor(length / 2)) {
    const shown = length < reason.length ? `${reason.slice(0, length).toWellFormed()}…` : reason;
    const body = JSON.stringify({ ...answer, Reason: `${shown}${where}` });
    // What is left besides is what CloudFormation itself sent.
    if (Buffer.byteLength(body) <= MAX_BYTES || length === 0) return body;
  }
}
