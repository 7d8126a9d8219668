import type { Attempt, MutableAttempt, Simulated, Subject } from "./subject.ts";

/** Two messages of one key whose handling was not in their order. */
export interface OrderBreach {
  readonly key: string;
  /** What was handled too early, or while the other one was not over. */
  readonly later: Attempt;
  /** What should have come first. */
  readonly earlier: Simulated;
  readonly why: string;
}

interface Started {
  readonly subject: Subject;
  readonly attempt: MutableAttempt;
}

/**
 * Every place where the order within a key was not kept. A message may be started when all before it are settled:
 * handled, ignored, or gone. And no two of one key may be at work at the same time, work that was given up and woke up
 * later included.
 */
export function breachesOf(subjects: readonly Subject[], started: readonly Started[]): OrderBreach[] {
  const byKey = Map.groupBy(
    started.filter(({ subject }) => subject.key !== undefined),
    ({ subject }) => subject.key as string,
  );
  const members = Map.groupBy(subjects, ({ key }) => key);
  return [...byKey].flatMap(([key, attempts]) => [...overtaken(key, attempts, members.get(key) ?? []), ...overlapping(key, attempts)]);
}

function overtaken(key: string, attempts: readonly Started[], members: readonly Subject[]): OrderBreach[] {
  // For each place, which of those before it was settled last.
  const inOrder = members.toSorted((a, b) => a.place - b.place);
  const lastBefore = new Map<Subject, Subject | undefined>();
  let last: Subject | undefined;
  for (const subject of inOrder) {
    lastBefore.set(subject, last);
    if (last === undefined || subject.settledSeq > last.settledSeq) last = subject;
  }
  return attempts.flatMap(({ subject, attempt }) => {
    const earlier = lastBefore.get(subject);
    if (earlier === undefined || earlier.settledSeq < attempt.startSeq) return [];
    // Of what was handed over together it is enough that the one was completed before the other.
    if (isUntold(earlier, attempt)) return [];
    const isTogether = attempt.isShared && earlier.attempts.some(({ invocation }) => invocation === attempt.invocation);
    if (isTogether && (attempt.ended !== "handled" || earlier.settledSeq < attempt.endSeq)) return [];
    return [{ key, later: attempt, earlier, why: `${subject.id} was started before ${earlier.id} was settled` }];
  });
}

/** Whether the earlier one failed just before, and the invocation was cut short before it could say that it is ignored. */
function isUntold(earlier: Subject, later: MutableAttempt): boolean {
  return earlier.attempts.some(
    ({ invocation, ended, endSeq, fate }) =>
      invocation === later.invocation && ended === "failed" && fate === undefined && endSeq < later.startSeq,
  );
}

function overlapping(key: string, attempts: readonly Started[]): OrderBreach[] {
  const breaches: OrderBreach[] = [];
  // Of those that ended, the one that ended last, and the last of another message.
  let last: Started | undefined;
  let other: Started | undefined;
  for (const one of attempts) {
    const running = last?.subject === one.subject ? other : last;
    const isTogether = one.attempt.isShared && running?.attempt.invocation === one.attempt.invocation;
    if (running !== undefined && running.attempt.endSeq > one.attempt.startSeq && !isTogether) {
      const why = `${one.subject.id} was started while ${running.subject.id} was still at work`;
      breaches.push({ key, later: one.attempt, earlier: running.subject, why });
    }
    // What never ended did nothing more.
    if (one.attempt.ended === undefined) continue;
    if (last === undefined || one.attempt.endSeq >= last.attempt.endSeq) {
      if (last !== undefined && last.subject !== one.subject) other = last;
      last = one;
    } else if (one.subject !== last.subject && (other === undefined || one.attempt.endSeq > other.attempt.endSeq)) other = one;
  }
  return breaches;
}
