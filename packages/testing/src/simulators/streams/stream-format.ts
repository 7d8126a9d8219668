import type { Subject } from "../kernel/subject.ts";
import type { StreamOrigin } from "./on-failure-record.ts";

/** A record in a stream. */
export interface StreamEntry {
  /** Itself; where it is an aggregate, the records in it. */
  readonly subjects: readonly Subject[];
  /** The record as the event has it. */
  readonly record: unknown;
  /** What has a checkpoint of its own: the shard, or the topic's partition. */
  readonly partition: string;
  readonly sequence: bigint;
  readonly bytes: number;
  readonly afterMs: number;
  /** What is handled one after the other: a part of a shard, or partitions that have one consumer. */
  readonly lane: string;
}

/** Where a partition is to be read from again. */
export interface Checkpoint {
  readonly partition: string;
  readonly sequence: bigint;
}

/** The window that an invocation belongs to. */
export interface WindowState {
  readonly startMs: number;
  readonly endMs: number;
  readonly state: object;
  readonly isFinal: boolean;
  readonly isTerminatedEarly: boolean;
}

/** How one service packs its records. */
export interface StreamFormat {
  readonly entries: readonly StreamEntry[];
  /** Brings a batch into the order that its event will have. @default as it was read */
  readonly arrange?: ((entries: readonly StreamEntry[]) => readonly StreamEntry[]) | undefined;
  /** The event, and the record of each subject, in their order. */
  readonly toEvent: (
    entries: readonly StreamEntry[],
    window: WindowState | undefined,
    lane: string,
  ) => { readonly event: unknown; readonly records: readonly unknown[] };
  /** What the on-failure destination is told; `undefined` where it is not simulated. */
  readonly origin?: StreamOrigin | undefined;
  /** What an identifier of a reply names; `undefined` for nothing. */
  readonly read: (identifier: unknown, entries: readonly StreamEntry[]) => Checkpoint | undefined;
  readonly passes: (record: unknown) => boolean;
}
