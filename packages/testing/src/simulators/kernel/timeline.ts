/** What can happen in a simulation. */
export type TimelineWhat =
  // to a message or record
  | "sent"
  | "started"
  | "handled"
  | "failed"
  | "answered"
  | "ignored"
  | "delayed"
  | "forwarded"
  | "call refused"
  | "deleted"
  | "returned"
  | "duplicated"
  | "dead-lettered"
  | "discarded"
  | "expired"
  | "filtered"
  | "deduplicated"
  // to an invocation
  | "invoked"
  | "replied"
  | "rejected"
  | "timed out"
  | "crashed"
  | "reply lost"
  | "throttled"
  | "stopped";

/** Something that happened. */
export interface TimelineEntry {
  /** Milliseconds of virtual time since the simulation began. */
  readonly atMs: number;
  readonly what: TimelineWhat;
  /** The ids of the messages or records that it happened to. */
  readonly ids: readonly string[];
  /** The number of the invocation, from 1. */
  readonly invocation: number | undefined;
  /** The number of the execution environment, from 1. */
  readonly environment: number | undefined;
  /** The rest, in words. */
  readonly note: string | undefined;
}

/** Everything that happened, in its order. */
export class Timeline {
  readonly entries: readonly TimelineEntry[];

  constructor(entries: readonly TimelineEntry[]) {
    this.entries = entries;
  }

  /** What happened to one message or record, as text. */
  of(id: string): string {
    return this.entries
      .filter(({ ids }) => ids.includes(id))
      .map((entry) => toLine(entry, id))
      .join("\n");
  }

  /** All of it, as text: a line for each entry. */
  toString(): string {
    return this.entries.map((entry) => toLine(entry)).join("\n");
  }
}

/** How many ids a line shows. */
const SHOWN = 12;
/** What an invocation came to: its ids stand where it was invoked. */
const OUTCOMES: ReadonlySet<TimelineWhat> = new Set(["replied", "rejected", "timed out", "crashed", "reply lost"]);

function toLine({ atMs, what, ids, invocation, environment, note }: TimelineEntry, id?: string): string {
  const shown = id === undefined ? (OUTCOMES.has(what) ? [] : ids.slice(0, SHOWN)) : [id];
  const more = shown.length === SHOWN && ids.length > SHOWN ? ` and ${ids.length - SHOWN} more` : "";
  const by = invocation === undefined ? "" : `[invocation ${invocation}, environment ${environment}]`;
  const subject = [`${shown.join(", ")}${more}`, by].filter(Boolean).join(" ");
  return `${toSeconds(atMs)}  ${what.padEnd(13)} ${subject}${note === undefined ? "" : `: ${note}`}`;
}

function toSeconds(ms: number): string {
  return `+${(ms / 1_000).toFixed(3)} s`.padStart(12);
}
