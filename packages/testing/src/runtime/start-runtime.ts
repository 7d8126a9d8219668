import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Ended, Environment, type Init, type Limits } from "./environment.ts";
import { Invocation, type Invoked, type InvokeOptions } from "./invocation.ts";
import { LogLines } from "./log-lines.ts";
import { checkOptions, type FileOptions, type HandlerOptions } from "./options.ts";
import { answer } from "./runtime-api.ts";
import { toSetting } from "./setting.ts";

/** A function that runs as on Lambda, in a process of its own. */
export interface LocalRuntime {
  /** The runtime client that runs it: `aws-lambda-ric`, `lamella`, or a path. */
  readonly client: string;
  /** Where its Runtime API is: `host:port`. */
  readonly endpoint: string;
  /** How the last init phase went. */
  readonly init: Init;
  /** All that was logged, entry by entry. */
  readonly logs: readonly string[];
  /** The first entry that has the text or matches, once it is there. */
  readonly logged: (pattern: string | RegExp) => Promise<string>;
  /**
   * Invokes the function. One after the other, unless `maxConcurrency` says more; after a timeout or a crash in a new
   * process, as Lambda does.
   */
  readonly invoke: <Reply = unknown>(event: unknown, options?: InvokeOptions) => Promise<Invoked<Reply>>;
  /** Waits until the client has asked for its next invocation, and stands still where it does; `false` where it has ended. */
  readonly idle: () => Promise<boolean>;
  /** Ends the process as Lambda ends one that was idle for long; the next invocation gets a new one. */
  readonly recycle: () => Promise<Ended>;
  /** Ends the process in the same way, and then its Runtime API. */
  readonly shutdown: () => Promise<Ended>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/**
 * Runs a function as Lambda does: a process with Lambda's runtime client against a Runtime API on this machine, with init
 * phase, timeouts, resets, freezing between invocations, and shutdown. It resolves when the init phase is over; one that
 * failed is tried again at the next invocation.
 *
 * @throws {TypeError} When an option is of the wrong kind.
 * @throws {RangeError} When a number is out of its range.
 * @throws {Error} When the file or the client is not there.
 * @example
 * const runtime = await startRuntime({ file: "dist/index.mjs", env: { TABLE: "orders" }, timeoutMs: 3_000 });
 * const { reply, error, logs, durationMs } = await runtime.invoke(event);
 * await runtime.shutdown();
 */
export async function startRuntime(options: FileOptions | HandlerOptions): Promise<LocalRuntime> {
  checkOptions(options);
  const { timeoutMs = 3_000, initTimeoutMs = 10_000, shutdownMs = 300, maxConcurrency, freezes = true } = options;
  const setting = toSetting(options);
  const isManaged = maxConcurrency !== undefined;
  const limits: Limits = { initTimeoutMs, shutdownMs, isManaged, freezes: freezes && !isManaged };
  const log = new LogLines();
  const server = createServer((request, response) => {
    // A process that was ended breaks off what it had asked for.
    answer(environment, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  let environment = new Environment(setting, limits, log, endpoint);
  let init = await environment.init;
  let starting: Promise<void> | undefined;
  let isFresh = true;
  let isDown = false;
  let free = maxConcurrency ?? 1;
  const queue: (() => void)[] = [];

  /** Starts a new process where there is none any more. */
  async function renew(): Promise<void> {
    if (!environment.hasEnded) return;
    starting ??= (async () => {
      environment = new Environment(setting, limits, log, endpoint);
      init = await environment.init;
      isFresh = true;
      starting = undefined;
    })();
    await starting;
  }

  async function invokeNow<Reply>(body: string, invokeOptions: InvokeOptions): Promise<Invoked<Reply>> {
    const logged = log.lines.length;
    const make = (): Invocation => new Invocation(body, invokeOptions, invokeOptions.timeoutMs ?? timeoutMs);
    const startedAt = performance.now();
    // One that has crashed after its reply takes none any more, and says so only when it is asked.
    for (;;) {
      await renew();
      const failed = init.error !== undefined;
      const initMs = isFresh ? init.durationMs : undefined;
      const done = failed ? undefined : await environment.invoke(make);
      if (done === undefined && !failed) continue;
      isFresh = false;
      const { invocation = make(), result = { reply: undefined, streamed: undefined, error: init.error } } = done ?? {};
      // What was written before the reply may be read after it.
      for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
      const durationMs = performance.now() - (failed ? startedAt : invocation.startedAt);
      return {
        requestId: invocation.id,
        ...result,
        reply: result.reply as Reply | undefined,
        logs: log.lines.slice(logged),
        durationMs,
        initMs,
      };
    }
  }

  async function shutdown(): Promise<Ended> {
    isDown = true;
    await starting;
    const ended = await environment.end();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    log.close();
    return ended;
  }

  return {
    client: setting.client,
    endpoint,
    get init() {
      return init;
    },
    get logs() {
      return log.lines;
    },
    logged: (pattern) => log.find(pattern),
    invoke: async <Reply>(event: unknown, invokeOptions: InvokeOptions = {}) => {
      if (isDown) throw new Error("The runtime was shut down; start another one.");
      const body = JSON.stringify(event) as string | undefined;
      if (body === undefined) throw new TypeError(`invoke(event) must have an event that is JSON, got ${typeof event}`);
      if (free > 0) free--;
      else await new Promise<void>((resolve) => void queue.push(resolve));
      try {
        return await invokeNow<Reply>(body, invokeOptions);
      } finally {
        const following = queue.shift();
        if (following === undefined) free++;
        else following();
      }
    },
    idle: () => environment.idle(),
    recycle: () => environment.end(),
    shutdown,
    [Symbol.asyncDispose]: async () => {
      if (!isDown) await shutdown();
    },
  };
}
