import { PayloadError } from "@lamella/core";

/** What the ARN of a method or route says. */
export interface MethodArn {
  /** Such as `aws`. */
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly apiId: string;
  readonly stage: string;
  /** `undefined` for WebSocket APIs. */
  readonly method: string | undefined;
  /** The path that was asked, slashes included; `undefined` for WebSocket APIs. */
  readonly path: string | undefined;
  /** The ARN up to the stage. */
  readonly stageArn: string;
}

/**
 * Takes the ARN of a method or route apart.
 *
 * AWS: "Statement reference of IAM policies for executing API in API Gateway".
 *
 * @throws {PayloadError} When it is none.
 */
export function parseMethodArn(arn: string): MethodArn {
  const match = /^(arn:([^:]*):execute-api:([^:]*):([^:]*):([^:/]+)\/([^/]+))(?:\/([^/]*)(\/.*)?)?$/s.exec(arn);
  if (match === null) throw new PayloadError({ part: "methodArn", problem: "is not the ARN of an API's method" });
  const [, stageArn = "", partition = "", region = "", accountId = "", apiId = "", stage = "", method = "", path = "/"] = match;
  const isRoute = method.startsWith("$") || method === "";
  return {
    partition,
    region,
    accountId,
    apiId,
    stage,
    method: isRoute ? undefined : method,
    path: isRoute ? undefined : path,
    stageArn,
  };
}
