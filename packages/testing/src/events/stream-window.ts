/** What a test says of the tumbling window of an event; the rest is made up, and the same in every run. */
export interface StreamWindowInput {
  readonly start?: Date | undefined;
  readonly end?: Date | undefined;
  /** What the invocation before replied. @default `{}`, as at the start of a window */
  readonly state?: object | undefined;
  /** Whether this is the window's last invocation. @default false */
  readonly isFinal?: boolean | undefined;
  /** Whether Lambda ends the window before its time. @default false */
  readonly isTerminatedEarly?: boolean | undefined;
}

/** The members that Lambda adds to an event for a tumbling window. */
export interface StreamWindow {
  readonly window: { readonly start: string; readonly end: string };
  readonly state: object;
  readonly shardId: string;
  readonly eventSourceARN: string;
  readonly isFinalInvokeForWindow: boolean;
  readonly isWindowTerminatedEarly: boolean;
}

export function toStreamWindow(input: StreamWindowInput, shardId: string, eventSourceARN: string): StreamWindow {
  const { start = new Date("2026-01-31T12:00:00Z"), end = new Date("2026-01-31T12:02:00Z"), state = {} } = input;
  return {
    window: { start: toText(start), end: toText(end) },
    // As Lambda keeps it.
    state: JSON.parse(JSON.stringify(state)) as object,
    shardId,
    eventSourceARN,
    isFinalInvokeForWindow: input.isFinal ?? false,
    isWindowTerminatedEarly: input.isTerminatedEarly ?? false,
  };
}

/** As AWS writes it, without milliseconds. */
function toText(date: Date): string {
  return date.toISOString().replace(".000Z", "Z");
}
