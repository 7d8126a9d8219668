import type { LambdaFunctionURLEvent } from "aws-lambda";
import type { HttpEventInput } from "./http-event-input.ts";
import { payload2Event } from "./payload-2-event.ts";

/** What a test says of a request to a function URL; the rest is made up, and the same in every run. */
export interface FunctionUrlEventInput extends HttpEventInput {
  /** @default the same in every event */
  readonly requestId?: string | undefined;
  /** Who signed the request, as Lambda says it of a URL with the auth type AWS_IAM. */
  readonly iam?: object | undefined;
}

/**
 * The event of a request to a function URL: what `functionUrl()` opens.
 *
 * AWS: "Invoking Lambda function URLs".
 *
 * @example
 * functionUrlEvent({ path: "/orders/1", headers: { accept: "application/json" } });
 */
export function functionUrlEvent(input: FunctionUrlEventInput = {}): LambdaFunctionURLEvent {
  const { path = "/", requestId = "e1506fd5-9e7b-434f-bd42-4f8fa224b599", iam } = input;
  const host = "urlid0123456789.lambda-url.eu-west-1.on.aws";
  return payload2Event(
    { ...input, headers: { host, ...input.headers } },
    {
      rawPath: path,
      // Lambda knows a URL by its host, so no other gets here.
      domainName: () => host,
      context: { stage: "$default", requestId, apiId: "urlid0123456789", accountId: iam === undefined ? "anonymous" : "123456789012" },
      routeKey: "$default",
      ...(iam !== undefined && { authorizer: { iam } }),
    },
  );
}
