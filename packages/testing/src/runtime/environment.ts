import { type ChildProcess, spawn } from "node:child_process";
import type { ServerResponse } from "node:http";
import { Extensions } from "./extensions.ts";
import type { Invocation, Result } from "./invocation.ts";
import type { LogLines } from "./log-lines.ts";
import { exitError, type RuntimeError, timeoutError } from "./runtime-error.ts";
import type { Setting } from "./setting.ts";

/** How an environment ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  /** Whether it was asked to end by SIGTERM, which needs an extension. */
  readonly wasAsked: boolean;
  /** Whether it did not end in time, or was not asked at all. */
  readonly wasKilled: boolean;
  readonly logs: readonly string[];
  readonly durationMs: number;
}

/** How the init phase went. */
export interface Init {
  readonly error: RuntimeError | undefined;
  readonly durationMs: number;
}

export interface Limits {
  readonly initTimeoutMs: number;
  readonly shutdownMs: number;
  readonly freezes: boolean;
  readonly isManaged: boolean;
}

// A process that stands still would outlive this one.
const living = new Set<ChildProcess>();
let isWatching = false;

/** One process of the function, and what Lambda knows of it. */
export class Environment {
  readonly extensions: Extensions = new Extensions();
  readonly init: Promise<Init>;
  readonly #setting: Setting;
  readonly #limits: Limits;
  readonly #log: LogLines;
  readonly #child: ChildProcess;
  readonly #exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly #running = new Map<string, Invocation>();
  readonly #polls: ServerResponse[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #startedAt = performance.now();
  #endInit!: (error: RuntimeError | undefined) => void;
  #initError: RuntimeError | undefined;
  /** The last invocation that was answered, until the client asks for the next. */
  #answered: string | undefined;
  #hasStarted = false;
  #isFrozen = false;
  #hasEnded = false;
  #isEnding = false;

  constructor(setting: Setting, limits: Limits, log: LogLines, runtimeApi: string) {
    this.#setting = setting;
    this.#limits = limits;
    this.#log = log;
    const env = { ...setting.env, AWS_LAMBDA_RUNTIME_API: runtimeApi };
    this.#child = spawn(setting.node, [setting.clientPath], { cwd: setting.taskRoot, env, stdio: ["ignore", "pipe", "pipe"] });
    const { stdout, stderr } = this.#child;
    if (stdout) log.read(stdout);
    if (stderr) log.read(stderr);
    this.#exited = new Promise((resolve) => {
      // `close` and not `exit`: what it wrote has been read by then.
      this.#child.on("close", (code, signal) => resolve({ code, signal }));
      this.#child.on("error", (error) => resolve({ code: Number((error as NodeJS.ErrnoException).errno), signal: null }));
    });
    living.add(this.#child);
    if (!isWatching) process.on("exit", killLiving);
    isWatching = true;
    void this.#exited.then(({ code, signal }) => this.#onExit(code, signal));
    this.init = this.#initiate();
  }

  get hasEnded(): boolean {
    return this.#hasEnded || this.#isEnding;
  }

  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  get functionArn(): string {
    return this.#setting.functionArn;
  }

  isRunning(id: string): boolean {
    return this.#running.has(id);
  }

  /** After how much of a stream the client of the invocation goes. */
  leavesAfterBytes(id: string): number {
    return this.#running.get(id)?.options.leavesAfterBytes ?? Infinity;
  }

  /** Whether the invocation was the last one, and is answered already. */
  wasAnswered(id: string): boolean {
    return this.#answered === id;
  }

  /**
   * The client asks for an invocation. It may while one runs, and then waits: Lambda's own does so before a stream that
   * failed is all sent.
   */
  poll(response: ServerResponse): void {
    this.#hasStarted = true;
    this.#answered = undefined;
    this.extensions.closeRegistration();
    this.#polls.push(response);
    response.on("close", () => {
      const index = this.#polls.indexOf(response);
      if (index !== -1) this.#polls.splice(index, 1);
    });
    this.changed();
  }

  /** Something came that others may wait for. */
  changed(): void {
    if (this.#hasStarted && this.extensions.areIdle) this.#endInit(undefined);
    if (this.#isIdle && this.#limits.freezes && !this.#isFrozen && !this.#isEnding) {
      this.#isFrozen = true;
      this.#child.kill("SIGSTOP");
    }
    for (const wake of this.#waiting) wake();
  }

  failInit(error: RuntimeError): void {
    this.#initError = error;
  }

  settle(id: string, result: Partial<Result>): void {
    this.#running.get(id)?.settle(result);
    this.#running.delete(id);
    this.#answered = id;
    this.changed();
  }

  /** Waits until the client has asked for the next invocation; `false` where it never will. */
  async idle(): Promise<boolean> {
    await this.#until(() => this.#isIdle);
    return !this.hasEnded;
  }

  /** Hands the client an event; `undefined` where the process has ended before it took it. */
  async invoke(makeInvocation: () => Invocation): Promise<{ readonly invocation: Invocation; readonly result: Result } | undefined> {
    await this.#until(() => this.#polls.length > 0);
    const poll = this.#polls.shift();
    if (poll === undefined || this.hasEnded) return undefined;
    this.#thaw();
    const invocation = makeInvocation();
    this.#running.set(invocation.id, invocation);
    invocation.startTimer(() => void this.#timeOut(invocation));
    const { id, endsAt, options, body } = invocation;
    this.extensions.invoke({
      requestId: id,
      deadlineMs: endsAt,
      invokedFunctionArn: this.functionArn,
      tracing: { type: "X-Amzn-Trace-Id", value: options.traceId },
    });
    poll.writeHead(200, invocation.headers(this.functionArn)).end(body);
    return { invocation, result: await invocation.result };
  }

  /** Ends it as Lambda does: asks first where an extension is registered, and kills what does not end. */
  async end(): Promise<Ended> {
    const startedAt = performance.now();
    const logged = this.#log.lines.length;
    this.#isEnding = true;
    const wasAsked = this.extensions.count > 0 && !this.#hasEnded;
    let wasKilled = !wasAsked && !this.#hasEnded;
    this.#thaw();
    let timer: NodeJS.Timeout | undefined;
    if (wasAsked) {
      this.#child.kill("SIGTERM");
      timer = setTimeout(() => {
        wasKilled = true;
        this.#child.kill("SIGKILL");
      }, this.#limits.shutdownMs);
    } else {
      this.#child.kill("SIGKILL");
    }
    const { code, signal } = await this.#exited;
    clearTimeout(timer);
    return { code, signal, wasAsked, wasKilled, logs: this.#log.lines.slice(logged), durationMs: performance.now() - startedAt };
  }

  get #isIdle(): boolean {
    return this.#polls.length > 0 && this.#running.size === 0 && this.extensions.areIdle;
  }

  async #initiate(): Promise<Init> {
    let timer: NodeJS.Timeout | undefined;
    const error = await new Promise<RuntimeError | undefined>((resolve) => {
      this.#endInit = resolve;
      timer = setTimeout(() => {
        const ms = this.#limits.initTimeoutMs;
        resolve({ errorType: "Sandbox.Timedout", errorMessage: `Init timed out after ${(ms / 1_000).toFixed(2)} seconds` });
      }, this.#limits.initTimeoutMs);
    });
    clearTimeout(timer);
    if (error !== undefined) await this.end();
    return { error, durationMs: performance.now() - this.#startedAt };
  }

  async #timeOut(invocation: Invocation): Promise<void> {
    this.#running.delete(invocation.id);
    // There the others go on, and so does the code that is late.
    if (!this.#limits.isManaged) await this.end();
    invocation.settle({ error: timeoutError(invocation.id, invocation.timeoutMs) });
    this.changed();
  }

  #onExit(code: number | null, signal: string | null): void {
    this.#hasEnded = true;
    living.delete(this.#child);
    this.#endInit(this.#initError ?? exitError("", code, signal));
    for (const invocation of this.#running.values()) invocation.settle({ error: exitError(invocation.id, code, signal) });
    this.#running.clear();
    for (const wake of this.#waiting) wake();
  }

  #thaw(): void {
    if (!this.#isFrozen) return;
    this.#isFrozen = false;
    this.#child.kill("SIGCONT");
  }

  /** Waits for `holds`, or for the end. */
  async #until(holds: () => boolean): Promise<void> {
    while (!holds() && !this.hasEnded) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }
}

function killLiving(): void {
  for (const child of living) child.kill("SIGKILL");
}
