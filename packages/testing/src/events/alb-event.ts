import type { ALBEvent } from "aws-lambda";
import { forwarded, grouped, type HttpEventInput, toSent } from "./http-event-input.ts";

/** What a test says of a request through a load balancer; the rest is made up, and the same in every run. */
export interface AlbEventInput extends HttpEventInput {
  /** Whether the target group has multi-value headers on. @default false */
  readonly multiValue?: boolean | undefined;
}

/**
 * The event of a request through an Application Load Balancer: what `alb()` opens. With multi-value headers off it has, as
 * the load balancer's own, the last value of each name.
 *
 * AWS: "Use Lambda functions as targets of an Application Load Balancer".
 *
 * @example
 * albEvent({ path: "/orders", query: { tag: ["new", "paid"] }, multiValue: true });
 */
export function albEvent(input: AlbEventInput = {}): ALBEvent {
  const sent = toSent(input);
  const { method, path, query, body = "", isBase64Encoded } = sent;
  const headers: [name: string, values: string[]][] = [
    ...forwarded(sent, "192.0.2.1").map(([name, values]): [string, string[]] => [name.toLowerCase(), [...values]]),
    ["x-amzn-trace-id", ["Root=1-697dee80-0123456789abcdef01234567"]],
    ["x-forwarded-port", ["443"]],
    ["x-forwarded-proto", ["https"]],
  ];
  return {
    requestContext: {
      elb: { targetGroupArn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/6d0ecf831eec9f09" },
    },
    httpMethod: method,
    path,
    // Neither names nor values are decoded.
    ...(input.multiValue === true
      ? { multiValueQueryStringParameters: Object.fromEntries(grouped(query)), multiValueHeaders: Object.fromEntries(headers) }
      : {
          queryStringParameters: Object.fromEntries(query),
          headers: Object.fromEntries(headers.map(([name, values]) => [name, values.at(-1)])),
        }),
    body,
    isBase64Encoded,
  };
}
