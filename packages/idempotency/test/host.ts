import type { Guard } from "../src/state/guard.ts";
import type { Process } from "./virtual-time.ts";

/** What is known of one run. */
export interface RunLog {
  readonly process: Process;
  readonly token: string;
  effectAt: number | undefined;
  /** Whether anything happened to it that may excuse a second effect. */
  hadFault: boolean;
  /** Whether the store was too slow to renew its lease in time. */
  wasSlow: boolean;
}

/** A process, and what runs in it. */
export interface Host {
  process: Process;
  guard: Guard;
  /** The token of the last claim or renewal that this process got a good answer for. */
  begun: string;
  runs: RunLog[];
  /** Until when a call is on its way that is too slow to renew a lease in time. */
  slowUntil: number;
}
