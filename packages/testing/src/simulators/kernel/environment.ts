import type { Entry } from "./agenda.ts";
import type { Invocation } from "./function-host.ts";

/** A Lambda execution environment: its timers run only while it is not frozen, and never after it was reset. */
export class Environment {
  readonly id: number;
  /** How many invocations it has had. */
  served = 0;
  isFrozen = false;
  isDead = false;
  /** The invocation that it serves now. */
  invocation: Invocation | undefined;
  /** What came up while it was frozen. */
  readonly parked: Entry[] = [];

  constructor(id: number) {
    this.id = id;
  }
}
