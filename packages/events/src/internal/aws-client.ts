import type { LambdaContext } from "@lamella/core";
import { remainingMsOf } from "@lamella/core/extend";

/** A call of a service that speaks AWS's JSON protocol. */
export interface AwsClientCall {
  /** The service's name in its addresses, such as `codepipeline`. */
  readonly service: string;
  /** The service's name in `AWS_ENDPOINT_URL_…`, where that is another one. */
  readonly serviceId?: string | undefined;
  /** The operation behind the service's prefix, such as `CodePipeline_20150709.PutJobSuccessResult`. */
  readonly target: string;
  readonly input: object;
  readonly jsonVersion: "1.1";
  /** Aborted when the time is over. */
  readonly signal?: AbortSignal | undefined;
}

/** Calls AWS and gives the answer: `awsCall` of `@lamella/core/aws`, a client of AWS's SDK, or a stand-in. */
export type AwsClient = (call: AwsClientCall) => Promise<unknown>;

/** What is left after the call for the invocation to end, in milliseconds. */
const MARGIN_MS = 50;

/** Ends a call before Lambda ends the invocation; `undefined` where the context tells no time. */
export function signalOf(lambda: LambdaContext): AbortSignal | undefined {
  const remainingMs = remainingMsOf(lambda);
  return remainingMs === Infinity ? undefined : AbortSignal.timeout(Math.max(0, Math.round(remainingMs - MARGIN_MS)));
}
