import { type AwsCall, AwsError } from "@lamella/core/aws";
import type { FaultPlan } from "./faults.ts";
import type { Invocation } from "./function-host.ts";
import type { Journal } from "./journal.ts";
import type { Subject } from "./subject.ts";
import type { World } from "./world.ts";

/** A message that a function sent to another queue. */
export interface Forwarded {
  /** The id of the message or record that it was made of; `undefined` where that is not known. */
  readonly id: string | undefined;
  readonly queueUrl: string;
  readonly body: string;
  /** The message's attributes, `lamella.error` and its like included: those that are text or numbers. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly atMs: number;
  readonly invocation: number;
}

/** The queue whose messages' visibility can be changed. */
export interface VisibilityDesk {
  /** The message that a receipt handle stands for. */
  readonly subjectOf: (handle: string) => Subject | undefined;
  /** Hides a message for so many seconds from now, or shows it; gives SQS's error code where it refuses. */
  readonly changeVisibility: (handle: string, seconds: unknown, invocation: Invocation) => string | undefined;
}

interface Entry {
  readonly Id: string;
  readonly ReceiptHandle: string;
  readonly VisibilityTimeout: number;
}

interface Message {
  readonly QueueUrl: string;
  readonly MessageBody: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue?: string }>> | undefined;
  readonly MessageGroupId?: string | undefined;
  readonly MessageDeduplicationId?: string | undefined;
}

/** How long a call takes. What it does, it does at its beginning, so that a crash may come between it and its answer. */
const CALL_MS = 5;
/** How long a FIFO queue remembers a deduplication id. */
const DEDUPLICATION_MS = 300_000;
const MAX_ENTRIES = 10;

/**
 * What a simulation has in the place of AWS, for what Lamella calls by itself: `retryLater` and `sendTo`. Nothing leaves
 * the process.
 *
 * AWS: "ChangeMessageVisibilityBatch", "SendMessage".
 */
export class SimulatedAws {
  /** Set by the simulator of a queue. */
  desk: VisibilityDesk | undefined;
  readonly #world: World;
  readonly #journal: Journal;
  readonly #faults: FaultPlan;
  readonly #deduplicated = new Map<string, number>();

  constructor(world: World, journal: Journal, faults: FaultPlan) {
    this.#world = world;
    this.#journal = journal;
    this.#faults = faults;
  }

  /** Carries a call out, and answers it a little later. */
  call({ service, target, input, withinMs = Infinity }: AwsCall, about: unknown, invocation: Invocation): Promise<unknown> {
    const name = `${service} ${target.slice(target.lastIndexOf(".") + 1)}`;
    return new Promise((resolve, reject) => {
      const answer = withinMs <= 0 ? failed(name, "TimedOut") : this.#carryOut(name, input, about, invocation);
      const isLate = withinMs < CALL_MS;
      // On the environment's own clock: after a crash nobody gets the answer.
      setTimeout(
        () => {
          const settled = isLate ? failed(name, "TimedOut") : answer;
          if (settled instanceof AwsError) reject(settled);
          else resolve(settled);
        },
        Math.max(0, Math.min(CALL_MS, withinMs)),
      );
    });
  }

  #carryOut(name: string, input: object, about: unknown, invocation: Invocation): object {
    if (name === "sqs ChangeMessageVisibilityBatch") return this.#changeVisibility(name, input as never, invocation);
    if (name === "sqs SendMessage") return this.#send(name, input as Message, about, invocation);
    return failed(name, "NotSimulated", "Replace what makes this call in the test.");
  }

  #changeVisibility(name: string, { Entries: entries }: { readonly Entries: readonly Entry[] }, invocation: Invocation): object {
    const { desk } = this;
    if (desk === undefined) return failed(name, "QueueDoesNotExist");
    if (entries.length > MAX_ENTRIES) return failed(name, "TooManyEntriesInBatchRequest");
    const refusals = entries.flatMap(({ Id, ReceiptHandle, VisibilityTimeout }) => {
      const subject = desk.subjectOf(ReceiptHandle);
      const isStruck = subject !== undefined && this.#refuses(name, subject, invocation);
      const code = isStruck ? "ServiceUnavailable" : desk.changeVisibility(ReceiptHandle, VisibilityTimeout, invocation);
      return code === undefined ? [] : [{ Id, Code: code, SenderFault: !isStruck }];
    });
    const isAll = refusals.length > 0 && refusals.every(({ Code }) => Code === "ServiceUnavailable") && refusals.length === entries.length;
    if (isAll) return failed(name, "ServiceUnavailable");
    const names = new Set(refusals.map(({ Id }) => Id));
    return { Successful: entries.filter(({ Id }) => !names.has(Id)).map(({ Id }) => ({ Id })), Failed: refusals };
  }

  #send(name: string, message: Message, about: unknown, invocation: Invocation): object {
    const subject = subjectOf(about, invocation);
    if (subject !== undefined && this.#refuses(name, subject, invocation)) return failed(name, "ServiceUnavailable");
    const { QueueUrl: queueUrl, MessageBody: body, MessageGroupId: groupId, MessageDeduplicationId: deduplicationId } = message;
    const ids = subject === undefined ? [] : [subject.id];
    if (this.#isDuplicate(queueUrl, deduplicationId)) {
      this.#journal.forwardedAgain(subject, invocation, `${queueUrl} has it already`);
      return {};
    }
    const attributes = Object.entries(message.MessageAttributes ?? {}).flatMap(([key, { StringValue: value }]) =>
      value === undefined ? [] : [[key, value] as const],
    );
    this.#journal.forwarded(subject, invocation, {
      id: ids[0],
      queueUrl,
      body,
      attributes: Object.fromEntries(attributes),
      groupId,
      deduplicationId,
      atMs: this.#world.now - this.#world.startedAt,
      invocation: invocation.number,
    });
    return {};
  }

  #refuses(name: string, subject: Subject, invocation: Invocation): boolean {
    if (this.#faults.ofDelivery("refuse-call", invocation.number, subject) === undefined) return false;
    this.#journal.note("call refused", [subject.id], invocation, name);
    return true;
  }

  #isDuplicate(queueUrl: string, id: string | undefined): boolean {
    if (id === undefined || !queueUrl.endsWith(".fifo")) return false;
    const key = `${queueUrl} ${id}`;
    const isKnown = this.#world.now < (this.#deduplicated.get(key) ?? -Infinity);
    if (!isKnown) this.#deduplicated.set(key, this.#world.now + DEDUPLICATION_MS);
    return isKnown;
  }
}

/** The message or record that a call is about. A record of an aggregate is made anew, so it is known by its id alone. */
function subjectOf(about: unknown, { records, subjects }: Invocation): Subject | undefined {
  const index = records.indexOf(about);
  if (index !== -1 && records.indexOf(about, index + 1) === -1) return subjects[index];
  const { eventID } = (about ?? {}) as { readonly eventID?: unknown };
  return typeof eventID === "string" ? subjects.find(({ id }) => eventID.endsWith(`:${id}`)) : undefined;
}

function failed(call: string, awsCode: string, advice?: string): AwsError {
  return new AwsError({ call, awsCode, advice, status: awsCode === "ServiceUnavailable" ? 503 : undefined });
}
