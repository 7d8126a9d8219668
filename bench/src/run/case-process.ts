import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** What a worker is told to do. */
export interface Order {
  readonly workload: string;
  readonly times: number;
}

/** How long the calls took in all, in nanoseconds. */
export interface Timing {
  /** Without the time of the empty loop, so that noise can make it negative. */
  readonly ns: number;
  readonly spentNs: number;
}

export type Answer = { readonly ready: true } | Timing | { readonly error: string };

/** A process that holds one case, so that no other case shapes what the engine makes of its code. */
export class CaseProcess {
  readonly name: string;
  readonly #child: ChildProcess;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
  }

  static async start(group: string, name: string): Promise<CaseProcess> {
    const child = fork(new URL("worker.ts", import.meta.url), [group, name], { execArgv: [] });
    const started = new CaseProcess(name, child);
    await started.#answer();
    return started;
  }

  /**
   * Makes `times` calls, one after the other.
   *
   * @throws {Error} When a result was wrong.
   */
  async time(workload: string, times: number): Promise<Timing> {
    const order: Order = { workload, times };
    this.#child.send(order);
    const answer = await this.#answer();
    if ("ns" in answer) return answer;
    throw new Error(`${this.name}, ${workload}: ${"error" in answer ? answer.error : "no measurement"}`);
  }

  stop(): void {
    this.#child.kill();
  }

  async #answer(): Promise<Answer> {
    const ended = new AbortController();
    const exit = once(this.#child, "exit", { signal: ended.signal }).then(([code]) => {
      throw new Error(`The process of ${this.name} ended with ${String(code)}.`);
    });
    // Aborted when an answer comes first.
    exit.catch(() => {});
    try {
      const [answer] = (await Promise.race([once(this.#child, "message", { signal: ended.signal }), exit])) as [Answer];
      return answer;
    } finally {
      ended.abort();
    }
  }
}
