import { inLambda, onManagedInstance } from "./in-lambda.ts";

/** Something that is to be shut down. */
export interface Mortal {
  readonly name: string;
  /** The most that its shutdown may take, in milliseconds; `undefined` for its share of what is left. */
  readonly timeoutMs: number | undefined;
  readonly shutdown: () => unknown;
}

/** How long all shutdowns may take: Lambda kills the process 300 ms after SIGTERM, or a little later. */
export const SHUTDOWN_MS = 300;

// Of the whole process: the signal is for all of it. In the order of making, so that needs stand before what needs them.
const alive = new Set<Mortal>();
let isListening = false;

/** Has it shut down when Lambda ends the environment, before all that was added earlier. */
export function addAlive(mortal: Mortal): void {
  alive.add(mortal);
  if (isListening || !inLambda() || onManagedInstance()) return;
  isListening = true;
  process.on("SIGTERM", onSigterm);
}

export function removeAlive(mortal: Mortal): void {
  alive.delete(mortal);
}

async function onSigterm(): Promise<void> {
  await shutDownAll();
  process.off("SIGTERM", onSigterm);
  isListening = false;
  // Raised again, because `process.exit()` never completes while the runtime client waits for its next invocation. Who
  // listens as well ends the process when they are done.
  if (process.listenerCount("SIGTERM") === 0) process.kill(process.pid, "SIGTERM");
}

/** Shuts down what is alive, the youngest first, one after the other, all within 300 ms. Never rejects. */
export async function shutDownAll(): Promise<void> {
  const endsAt = Date.now() + SHUTDOWN_MS;
  const dying = [...alive].toReversed();
  alive.clear();
  for (const [index, mortal] of dying.entries()) {
    // A fair share, so that one that hangs leaves time to those after it.
    const share = Math.max(0, endsAt - Date.now()) / (dying.length - index);
    await within(Math.min(mortal.timeoutMs ?? share, Math.max(0, endsAt - Date.now())), mortal);
  }
}

async function within(ms: number, { name, shutdown }: Mortal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      console.error(`[lamella] the shutdown of "${name}" was given up after ${Math.round(ms)} ms`);
      resolve();
    }, ms);
  });
  await Promise.race([shutDown(name, shutdown), tooLate]);
  clearTimeout(timer);
}

/** Calls a shutdown; what it throws is told, and stops nothing. */
export async function shutDown(name: string, shutdown: () => unknown): Promise<void> {
  try {
    await shutdown();
  } catch (error) {
    console.error(`[lamella] the shutdown of "${name}" failed:`, error);
  }
}
