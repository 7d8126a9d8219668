/**
 * Tells which of two events of the same key came later: below 0 where `a` came before `b`, above 0 where it came after,
 * 0 where they are the same event. Says nothing of events of different keys.
 *
 * AWS: "Event message structure": the shorter one is padded with zeros on the left.
 *
 * @example
 * if (compareSequencers(object.sequencer, stored.sequencer) <= 0) return;
 */
export function compareSequencers(a: string, b: string): number {
  const length = Math.max(a.length, b.length);
  // S3 writes hexadecimal digits in capitals, EventBridge in small letters.
  const [left, right] = [a, b].map((sequencer) => sequencer.toLowerCase().padStart(length, "0")) as [string, string];
  return left < right ? -1 : Number(left > right);
}
