/** Hands out the records of one batch, so that those which belong together keep their order. */
export interface Order {
  /** The next record that may run now, by its index; `undefined` while there is none. */
  readonly pick: () => number | undefined;
  /** The record is done, so that what waits for it may run. */
  readonly free: (index: number) => void;
  /** The record comes again. Gives the records that shall not run because of it; some of them may run already. */
  readonly block: (index: number) => Iterable<number>;
}

/** How the records of an event keep their order. */
export interface Ordering {
  /** Within which of these a record that comes again holds back those behind it: its message group, its shard. */
  readonly within: (raw: never) => string;
  readonly start: (records: readonly unknown[], concurrency: number) => Order;
}
