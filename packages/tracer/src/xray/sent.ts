// The real one, whatever a test makes of it later.
const { setImmediate } = globalThis;

/** Turns of the event loop in which the SDK hands what was closed to the network. For one item and for a hundred it takes one. */
const TURNS = 2;

/**
 * Waits until the SDK has sent what was closed. It sends in the background, one packet after the other, and Lambda
 * freezes the process once the reply is out: what is not sent by then comes late, or never.
 */
export async function sent(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
}
