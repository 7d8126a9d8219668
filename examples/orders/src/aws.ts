import { AwsClient } from "aws4fetch";

/** A service's own error, such as `ConditionalCheckFailedException`. */
export class AwsError extends Error {
  constructor(type: string, message: string) {
    super(message);
    this.name = type;
  }
}

/** Calls one action of an AWS service with the function's own credentials. */
export async function call<Answer>(service: "sqs" | "dynamodb", action: string, input: object, signal: AbortSignal): Promise<Answer> {
  // Read at each call, because Lambda's credentials change while the environment lives.
  const env = process.env as Readonly<Record<string, string>>;
  const {
    AWS_ACCESS_KEY_ID: accessKeyId = "",
    AWS_SECRET_ACCESS_KEY: secretAccessKey = "",
    AWS_SESSION_TOKEN: sessionToken,
    AWS_REGION: region = "",
  } = env;
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    service,
    region,
    retries: 2,
  });
  const url = env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? `https://${service}.${region}.amazonaws.com`;
  const response = await client.fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `${service === "sqs" ? "AmazonSQS" : "DynamoDB_20120810"}.${action}`,
    },
    body: JSON.stringify(input),
    signal,
  });
  const answer = (await response.json()) as Answer & { readonly __type?: string; readonly message?: string };
  if (!response.ok)
    throw new AwsError(answer.__type?.split("#").at(-1) ?? "AwsError", answer.message ?? `${action} answered ${response.status}`);
  return answer;
}
