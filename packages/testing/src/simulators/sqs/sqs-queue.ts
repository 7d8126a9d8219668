import type { SQSRecord } from "aws-lambda";
import { sqsEvent } from "../../events/sqs-event.ts";
import type { Invocation } from "../kernel/function-host.ts";
import type { VisibilityDesk } from "../kernel/simulated-aws.ts";
import type { Stage } from "../kernel/simulation.ts";
import { Subject } from "../kernel/subject.ts";
import type { Copy, Shelf } from "./copy.ts";
import { RETENTION_MS, type SimulateSqsOptions, VISIBILITY_MS } from "./sqs-options.ts";

/** How long a FIFO queue remembers a deduplication id. */
const DEDUPLICATION_MS = 300_000;

/** A copy as one receive gave it. */
export interface Received {
  readonly copy: Copy;
  /** Which receive it was, which is what the receipt handle stands for. */
  readonly receive: number;
  readonly handle: string;
}

/** How long a message may be hidden in all after it was received. */
const LONGEST_HIDDEN_MS = 43_200_000;

/**
 * A queue: what it holds, hides, deduplicates, keeps and moves to its dead-letter queue.
 *
 * AWS: "Amazon SQS visibility timeout", "Using dead-letter queues in Amazon SQS", "Exactly-once processing in Amazon SQS".
 */
export class SqsQueue implements VisibilityDesk {
  readonly subjects: readonly Subject[];
  readonly visibilityMs: number;
  /** Called when there may be something to receive. */
  onVisible: () => void = () => {};
  /** Called when something has left the queue. */
  onGone: () => void = () => {};
  readonly #stage: Stage;
  readonly #shelf: Shelf;
  readonly #options: SimulateSqsOptions;
  readonly #isFifo: boolean;
  readonly #templates: readonly SQSRecord[];
  readonly #handles = new Map<string, Received>();
  readonly #deduplicated = new Map<string, number>();
  #held = 0;
  #unsent: number;

  constructor(stage: Stage, shelf: Shelf, options: SimulateSqsOptions, isFifo: boolean) {
    this.#stage = stage;
    this.#shelf = shelf;
    this.#options = options;
    this.#isFifo = isFifo;
    this.visibilityMs = options.visibilityTimeoutMs ?? VISIBILITY_MS;
    this.#unsent = options.messages.length;
    this.#templates = sqsEvent(options.messages, { queueName: options.queueName ?? (isFifo ? "queue.fifo" : "queue") }).Records;
    stage.aws.desk = this;
    // In the order of sending, which is the order of a group.
    const keys = this.#templates.map(({ attributes }) => (isFifo ? attributes.MessageGroupId : undefined));
    const places = new Map<number, number>(this.#bySending().map((index, place) => [index, place]));
    this.subjects = this.#templates.map(({ messageId }, index) => new Subject(messageId, keys[index], places.get(index) ?? 0));
  }

  get isEmpty(): boolean {
    return this.#held === 0 && this.#unsent === 0;
  }

  /** Lets the messages be sent, each at its time. */
  open(): void {
    const { world } = this.#stage;
    const times = Map.groupBy(this.#bySending(), (index) => this.#afterMs(index));
    for (const [afterMs, indices] of times) world.at(world.startedAt + afterMs, () => this.#send(indices));
  }

  /** Takes up to `limit` messages, and hides them until the visibility timeout ends. */
  receive(limit: number): readonly Received[] {
    const { world } = this.#stage;
    const received: Received[] = [];
    while (received.length < limit) {
      const taken = this.#shelf.take(limit - received.length);
      if (taken.length === 0) break;
      for (const copy of taken) {
        copy.receives++;
        copy.firstReceivedAt ??= world.now;
        if (copy.receives > (this.#options.maxReceiveCount ?? Infinity)) this.#deadLetter(copy);
        else received.push(this.#hide(copy));
      }
    }
    if (received.length > 0) world.at(world.now + this.visibilityMs, () => this.#show(received));
    return received;
  }

  /** Deletes messages by the receipt handles of a receive. */
  delete(received: readonly Received[], fate: "deleted" | "filtered", invocation?: Parameters<Stage["journal"]["gone"]>[2]): void {
    // A FIFO queue knows no handle whose visibility timeout has ended; of a standard queue AWS says only that it might not.
    const isStrict = this.#isFifo || this.#options.strict === true;
    const valid = received.filter(({ copy, receive }) => {
      if (copy.isGone) return false;
      return isStrict ? copy.receives === receive && copy.isInFlight : true;
    });
    for (const { copy } of valid) this.#remove(copy);
    this.#stage.journal.gone(
      valid.map(({ copy }) => copy.subject),
      fate,
      invocation,
    );
    if (valid.length > 0) this.onGone();
  }

  /** The message that a receipt handle stands for. */
  subjectOf(handle: string): Subject | undefined {
    return this.#handles.get(handle)?.copy.subject;
  }

  /**
   * Hides a message that is in flight for so many seconds from now, or shows it; gives SQS's error code where it refuses.
   *
   * AWS: "ChangeMessageVisibility".
   */
  changeVisibility(handle: string, seconds: unknown, invocation: Invocation): string | undefined {
    const { world, journal } = this.#stage;
    const received = this.#handles.get(handle);
    if (received === undefined) return "ReceiptHandleIsInvalid";
    const { copy, receive } = received;
    if (!(typeof seconds === "number" && Number.isInteger(seconds) && seconds >= 0 && seconds <= LONGEST_HIDDEN_MS / 1_000))
      return "InvalidParameterValue";
    // With a handle of an earlier receive AWS promises nothing for a standard queue, and refuses for a FIFO queue.
    if (copy.isGone || copy.receives !== receive) return "InvalidParameterValue";
    if (!copy.isInFlight) return "MessageNotInflight";
    const until = world.now + seconds * 1_000;
    if (until > copy.receivedAt + LONGEST_HIDDEN_MS) return "InvalidParameterValue";
    copy.hiddenUntil = until;
    journal.note("delayed", [copy.subject.id], invocation, `hidden for ${seconds} s`);
    world.at(until, () => this.#show([received]));
    return undefined;
  }

  /** The record of a delivery. */
  toRecord({ copy, receive, handle }: Received): SQSRecord {
    const { template } = copy;
    return {
      ...template,
      receiptHandle: handle,
      attributes: {
        ...template.attributes,
        ApproximateReceiveCount: String(receive),
        SentTimestamp: String(copy.sentAt),
        ApproximateFirstReceiveTimestamp: String(copy.firstReceivedAt),
      },
    };
  }

  /** A standard queue may deliver a message once more by itself. */
  duplicate(copy: Copy, afterMs: number): void {
    this.#held++;
    this.#stage.world.at(this.#stage.world.now + afterMs, () => {
      this.#stage.journal.note("duplicated", [copy.subject.id]);
      this.#shelf.add({ ...copy, isInFlight: false, isGone: false });
      this.onVisible();
    });
  }

  #bySending(): number[] {
    return [...this.#templates.keys()].toSorted((a, b) => this.#afterMs(a) - this.#afterMs(b));
  }

  #afterMs(index: number): number {
    return this.#options.messages[index]?.afterMs ?? 0;
  }

  #send(indices: readonly number[]): void {
    const { world, journal } = this.#stage;
    this.#unsent -= indices.length;
    const fresh = indices.filter((index) => !this.#isDuplicate(index));
    const copies = fresh.map((index): Copy => {
      const template = this.#templates[index] as SQSRecord;
      return {
        subject: this.subjects[index] as Subject,
        template,
        bytes: Buffer.byteLength(JSON.stringify(template)) + 1,
        groupId: template.attributes.MessageGroupId,
        sentAt: world.now,
        firstReceivedAt: undefined,
        receives: 0,
        receivedAt: 0,
        hiddenUntil: 0,
        isInFlight: false,
        isGone: false,
      };
    });
    journal.note(
      "sent",
      copies.map(({ subject }) => subject.id),
    );
    this.#held += copies.length;
    for (const copy of copies) this.#shelf.add(copy);
    const retentionMs = this.#options.retentionMs ?? RETENTION_MS;
    world.at(world.now + retentionMs, () => this.#expire(copies, retentionMs));
    this.onVisible();
  }

  #isDuplicate(index: number): boolean {
    const { world, journal } = this.#stage;
    const id = this.#templates[index]?.attributes.MessageDeduplicationId;
    if (!this.#isFifo || id === undefined) return false;
    if (world.now < (this.#deduplicated.get(id) ?? -Infinity)) {
      journal.gone([this.subjects[index] as Subject], "deduplicated", undefined, "the same deduplication id within 5 minutes");
      return true;
    }
    this.#deduplicated.set(id, world.now + DEDUPLICATION_MS);
    return false;
  }

  #hide(copy: Copy): Received {
    const { world } = this.#stage;
    copy.receivedAt = world.now;
    copy.hiddenUntil = world.now + this.visibilityMs;
    // No two receives share a handle, of two copies of one message neither.
    const handle = `receipt-${copy.template.messageId}-${this.#handles.size + 1}`;
    const received = { copy, receive: copy.receives, handle };
    this.#handles.set(handle, received);
    return received;
  }

  #show(received: readonly Received[]): void {
    const { now } = this.#stage.world;
    // What was hidden for longer meanwhile stays.
    const back = received.filter(
      ({ copy, receive }) => !copy.isGone && copy.isInFlight && copy.receives === receive && copy.hiddenUntil <= now,
    );
    if (back.length === 0) return;
    for (const { copy } of back) this.#shelf.giveBack(copy);
    this.#stage.journal.note(
      "returned",
      back.map(({ copy }) => copy.subject.id),
      undefined,
      "the visibility timeout has ended",
    );
    this.onVisible();
  }

  #deadLetter(copy: Copy): void {
    this.#remove(copy);
    this.#stage.journal.gone([copy.subject], "dead-lettered", undefined, `received ${copy.receives - 1} times`);
    this.onGone();
  }

  #expire(copies: readonly Copy[], retentionMs: number): void {
    const late = copies.filter(({ isGone }) => !isGone);
    for (const copy of late) this.#remove(copy);
    this.#stage.journal.gone(
      late.map(({ subject }) => subject),
      "expired",
      undefined,
      `kept for ${retentionMs} ms, received ${late[0]?.receives} times; maxReceiveCount would have moved it to a dead-letter queue`,
    );
    if (late.length > 0) this.onGone();
  }

  #remove(copy: Copy): void {
    this.#held--;
    this.#shelf.remove(copy);
  }
}
