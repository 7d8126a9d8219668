import type { LambdaContext } from "../../lambda.ts";
import { type AwsCall, awsCall } from "../aws-call.ts";
import { configuredEndpoint, endpointOf } from "../endpoint.ts";

/** Where a queue is. */
export interface Queue {
  readonly url: string;
  readonly region: string | undefined;
  readonly endpoint: string;
}

/**
 * The queue of a record's `eventSourceARN`; `undefined` where that names none.
 *
 * AWS: "Amazon SQS queue and message identifiers".
 */
export function queueOfArn(arn: unknown): Queue | undefined {
  const [, region, account, name] = /^arn:[\w-]+:sqs:([\w-]+):(\d+):([\w.-]+)$/.exec(String(arn)) ?? [];
  if (region === undefined) return undefined;
  const endpoint = endpointOf("sqs", region);
  return { url: `${endpoint}/${account}/${name}`, region, endpoint };
}

/** The queue of a URL, which may be of another region than the function, and of an endpoint of one's own. */
export function queueOfUrl(url: string): Queue {
  const { host, origin } = new URL(url);
  const [, region, legacy] = /(?:^|\.)sqs(?:-fips)?\.([a-z]+-[\w-]+)\.|^([a-z]+-[\w-]+)\.queue\./.exec(host) ?? [];
  return { url, region: region ?? legacy, endpoint: configuredEndpoint("sqs") ?? origin };
}

type KitCall = (call: AwsCall, about: unknown) => Promise<unknown>;

/** Calls an action of SQS on a queue; `about` is the record that it is made for. */
export function callSqs<Answer>(
  { url, region, endpoint }: Queue,
  action: string,
  input: object,
  withinMs?: number,
  lambda?: LambdaContext,
  about?: unknown,
): Promise<Answer> {
  // A test kit hands its own in with the context, so that nothing leaves the test.
  const { "~awsCall": call = awsCall } = (lambda ?? {}) as { readonly "~awsCall"?: KitCall };
  const asked = { service: "sqs", region, endpoint, target: `AmazonSQS.${action}`, input: { QueueUrl: url, ...input }, withinMs };
  return call(asked, about) as Promise<Answer>;
}
