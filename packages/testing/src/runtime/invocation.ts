import { randomUUID } from "node:crypto";
import type { RuntimeError } from "./runtime-error.ts";
import type { Streamed } from "./streamed.ts";

/** What a caller says of one invocation. */
export interface InvokeOptions {
  /** In the place of the function's timeout, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly requestId?: string | undefined;
  readonly traceId?: string | undefined;
  /** As the AWS SDKs for mobile send it. */
  readonly clientContext?: object | undefined;
  readonly cognitoIdentity?: { readonly cognitoIdentityId: string; readonly cognitoIdentityPoolId: string } | undefined;
  /** The tenant, of a function with tenant isolation. */
  readonly tenantId?: string | undefined;
  /** The client goes when it has this many bytes of a streamed response, the prelude's among them. @default it stays */
  readonly leavesAfterBytes?: number | undefined;
}

/** What an invocation came to. */
export interface Invoked<out Reply = unknown> {
  readonly requestId: string;
  /** What the function replied; `undefined` where it failed, or where it streamed. */
  readonly reply: Reply | undefined;
  /** What the function streamed; up to where it failed. */
  readonly streamed: Streamed | undefined;
  /** What it failed with; `undefined` where it replied. */
  readonly error: RuntimeError | undefined;
  /** What was logged meanwhile, entry by entry; on Managed Instances also by others that ran then. */
  readonly logs: readonly string[];
  readonly durationMs: number;
  /** How long the init phase took, where this invocation was the first of its environment. */
  readonly initMs: number | undefined;
}

/** What came of it, for the environment. */
export type Result = Pick<Invoked, "reply" | "streamed" | "error">;

/** One invocation, from the event to the reply. */
export class Invocation {
  readonly id: string;
  readonly body: string;
  readonly options: InvokeOptions;
  readonly timeoutMs: number;
  readonly startedAt: number = performance.now();
  /** When Lambda ends it, as a time. */
  readonly endsAt: number;
  readonly result: Promise<Result>;
  isSettled = false;
  #resolve!: (result: Result) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(body: string, options: InvokeOptions, timeoutMs: number) {
    this.id = options.requestId ?? randomUUID();
    this.body = body;
    this.options = options;
    this.timeoutMs = timeoutMs;
    this.endsAt = Date.now() + timeoutMs;
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  startTimer(onTimeout: () => void): void {
    this.#timer = setTimeout(onTimeout, this.timeoutMs);
  }

  settle(result: Partial<Result>): void {
    if (this.isSettled) return;
    this.isSettled = true;
    clearTimeout(this.#timer);
    this.#resolve({ reply: undefined, streamed: undefined, error: undefined, ...result });
  }

  /** What the runtime client reads of it. */
  headers(functionArn: string): Record<string, string> {
    const { traceId = "Root=1-00000000-000000000000000000000000;Sampled=0", clientContext, cognitoIdentity, tenantId } = this.options;
    return {
      "content-type": "application/json",
      "Lambda-Runtime-Aws-Request-Id": this.id,
      "Lambda-Runtime-Deadline-Ms": String(this.endsAt),
      "Lambda-Runtime-Invoked-Function-Arn": functionArn,
      "Lambda-Runtime-Trace-Id": traceId,
      ...(clientContext && { "Lambda-Runtime-Client-Context": JSON.stringify(clientContext) }),
      ...(cognitoIdentity && { "Lambda-Runtime-Cognito-Identity": JSON.stringify(cognitoIdentity) }),
      ...(tenantId !== undefined && { "Lambda-Runtime-Aws-Tenant-Id": tenantId }),
    };
  }
}
