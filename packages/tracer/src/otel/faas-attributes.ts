import type { LambdaContext } from "@lamella/core";
import type { Attributes } from "@opentelemetry/api";

/**
 * What is said of the function and its invocation.
 *
 * OpenTelemetry: "Instrumenting AWS Lambda", "Cloud resource".
 */
export function faasAttributes(lambda: LambdaContext, coldStart: boolean | undefined): Attributes {
  const { invokedFunctionArn: arn, functionName, functionVersion, awsRequestId } = lambda;
  const parts = typeof arn === "string" ? arn.split(":") : [];
  return {
    "faas.invocation_id": awsRequestId,
    "faas.coldstart": coldStart,
    "faas.name": functionName,
    "faas.version": functionVersion,
    "cloud.provider": "aws",
    "cloud.platform": "aws_lambda",
    "cloud.region": parts[3],
    "cloud.account.id": parts[4],
    // The function's own ARN: an alias in the invoked one gives way to the version that it stands for.
    "cloud.resource_id": parts.length > 7 ? [...parts.slice(0, 7), functionVersion].join(":") : arn,
    "aws.lambda.invoked_arn": arn,
  };
}
