import { AwsError } from "./aws-error.ts";
import { type AwsOptions, awsRequest } from "./aws-request.ts";

/** A call of a service that speaks AWS's JSON protocol. */
export interface AwsCall extends AwsOptions {
  /** The action behind the service's prefix, such as `AmazonSQS.SendMessage` or `DynamoDB_20120810.PutItem`. */
  readonly target: string;
  readonly input: object;
  /** The protocol's version: SQS, DynamoDB and Step Functions have 1.0; CodePipeline, Config and Secrets Manager 1.1. @default "1.0" */
  readonly jsonVersion?: "1.0" | "1.1" | undefined;
}

/**
 * Calls a service that speaks AWS's JSON protocol, and gives its answer.
 *
 * AWS: "AWS JSON protocols for Amazon SQS API requests".
 *
 * @throws {AwsError} When it failed; or the reason of `signal`.
 * @example
 * await awsCall({ service: "sqs", target: "AmazonSQS.SendMessage", input: { QueueUrl: url, MessageBody: "hello" } });
 */
export async function awsCall<Answer = unknown>({ target, input, jsonVersion = "1.0", ...options }: AwsCall): Promise<Answer> {
  const operation = target.slice(target.lastIndexOf(".") + 1);
  const { status, headers, body } = await awsRequest({
    ...options,
    operation,
    headers: { "content-type": `application/x-amz-json-${jsonVersion}`, "x-amz-target": target },
    body: JSON.stringify(input),
  });
  try {
    return (body.length === 0 ? {} : JSON.parse(String(body))) as Answer;
  } catch {
    // Without what V8 says: it quotes the answer.
    throw new AwsError({
      call: `${options.service} ${operation}`,
      awsCode: "InvalidAnswer",
      status,
      requestId: headers["x-amzn-requestid"]?.toString(),
      advice: "It is not JSON. Check that the endpoint is the service's.",
    });
  }
}
