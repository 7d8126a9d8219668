import type { SQSRecord } from "aws-lambda";
import type { Subject } from "../kernel/subject.ts";

/** A message as the queue holds it. A standard queue may hold two of one message. */
export interface Copy {
  readonly subject: Subject;
  /** The record as a delivery has it, but for what changes from one to the next. */
  readonly template: SQSRecord;
  readonly bytes: number;
  readonly groupId: string | undefined;
  readonly sentAt: number;
  firstReceivedAt: number | undefined;
  receives: number;
  /** When it was last received, and until when it is hidden for that. */
  receivedAt: number;
  hiddenUntil: number;
  isInFlight: boolean;
  isGone: boolean;
}

/** What a queue has to give, in its own order. */
export interface Shelf {
  /** Puts in what is new. */
  readonly add: (copy: Copy) => void;
  /** Gives back what was in flight. */
  readonly giveBack: (copy: Copy) => void;
  readonly remove: (copy: Copy) => void;
  /** Takes up to `limit` copies that may be delivered now; they are in flight then. */
  readonly take: (limit: number) => Copy[];
}
