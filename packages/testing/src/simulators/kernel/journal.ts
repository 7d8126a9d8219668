import type { OnFailureRecord } from "../streams/on-failure-record.ts";
import type { Invocation } from "./function-host.ts";
import type { Forwarded } from "./simulated-aws.ts";
import type { Attempt, Fate, MutableAttempt, Subject } from "./subject.ts";
import type { TimelineEntry, TimelineWhat } from "./timeline.ts";
import type { World } from "./world.ts";

/** Writes down what happens. */
export class Journal {
  readonly entries: TimelineEntry[] = [];
  /** What the on-failure destination was sent. */
  readonly onFailureRecords: OnFailureRecord[] = [];
  /** What was sent to other queues. */
  readonly forwardings: Forwarded[] = [];
  /** What the handler has completed, in its order. */
  readonly handled: Attempt[] = [];
  /** Every call of the handler, in the order of their starts. */
  readonly attempts: { readonly subject: Subject; readonly attempt: MutableAttempt }[] = [];
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Notes what happens; gives its place in the order of everything. */
  note(what: TimelineWhat, ids: readonly string[], invocation?: Invocation, note?: string): number {
    const { now, startedAt } = this.#world;
    this.entries.push({
      atMs: now - startedAt,
      what,
      ids,
      invocation: invocation?.number,
      environment: invocation?.environment.id,
      note,
    });
    return this.entries.length;
  }

  started(subject: Subject, invocation: Invocation, isShared = false): MutableAttempt {
    const startSeq = this.note("started", [subject.id], invocation);
    const attempt: MutableAttempt = {
      id: subject.id,
      key: subject.key,
      delivery: subject.deliveries,
      invocation: invocation.number,
      startedAtMs: this.#world.now - this.#world.startedAt,
      endedAtMs: undefined,
      ended: undefined,
      startSeq,
      isShared,
      fate: undefined,
      endSeq: Infinity,
    };
    subject.attempts.push(attempt);
    this.attempts.push({ subject, attempt });
    return attempt;
  }

  ended(subject: Subject, attempt: MutableAttempt, ended: "handled" | "failed", invocation: Invocation, error?: unknown): void {
    const isLate = invocation.outcome !== undefined;
    const told = [isLate ? "late" : "", ended === "failed" ? toText(error) : ""].filter(Boolean).join(", ");
    attempt.endSeq = this.note(ended, [subject.id], invocation, told || undefined);
    attempt.endedAtMs = this.#world.now - this.#world.startedAt;
    attempt.ended = ended;
    if (ended === "failed") return;
    subject.timesHandled++;
    subject.doneSeq = Math.min(subject.doneSeq, attempt.endSeq);
    this.handled.push(attempt);
  }

  /** Notes that a layer answered, or that the handler wants it ignored. That is told at the end, and holds from its attempt on. */
  settled(subject: Subject, what: "answered" | "ignored", invocation: Invocation, note?: string, attempt?: MutableAttempt): void {
    const seq = this.note(what, [subject.id], invocation, note);
    if (what === "ignored") subject.isIgnored = true;
    subject.doneSeq = Math.min(subject.doneSeq, seq, attempt?.endSeq ?? Infinity);
  }

  /** Notes that SQS took it for another queue. */
  forwarded(subject: Subject | undefined, invocation: Invocation, forwarded: Forwarded): void {
    this.forwardings.push(forwarded);
    this.forwardedAgain(subject, invocation, `to ${forwarded.queueUrl}`);
  }

  /** Notes that it is in another queue, which may have had it before. */
  forwardedAgain(subject: Subject | undefined, invocation: Invocation, note: string): void {
    const seq = this.note("forwarded", subject === undefined ? [] : [subject.id], invocation, note);
    if (subject === undefined) return;
    subject.forwardedBy.add(invocation.number);
    subject.doneSeq = Math.min(subject.doneSeq, seq);
  }

  /** Notes that they left the queue or stream. */
  gone(subjects: readonly Subject[], fate: Exclude<Fate, "left">, invocation?: Invocation, why?: string): void {
    if (subjects.length === 0) return;
    const ids = subjects.map(({ id }) => id);
    const seq = this.note(fate, ids, invocation, why);
    for (const subject of subjects) {
      // A copy that comes later changes nothing of what became of the first.
      if (subject.goneSeq !== Infinity) continue;
      const isElsewhere = fate === "deleted" && subject.timesHandled === 0 && subject.forwardedBy.size > 0;
      subject.fate = isElsewhere ? "forwarded" : fate;
      subject.goneSeq = seq;
      subject.goneWhy = why;
    }
  }
}

/** An error in a line. */
export function toText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = `${error.name}: ${error.message}`;
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
