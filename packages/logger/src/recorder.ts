/** The methods of a console that a Powertools logger writes lines with. */
export type LogConsole = Readonly<Record<"trace" | "debug" | "info" | "warn" | "error", (line: string) => void>>;

/** Takes one log line, as the object that would have been written. */
export type RecordLine = (entry: Readonly<Record<string, unknown>>) => void;

/** A console that hands each line to `record` and writes nothing. */
export function recorder(record: RecordLine): LogConsole {
  const take = (line: string): void => record(JSON.parse(line) as Readonly<Record<string, unknown>>);
  return { trace: take, debug: take, info: take, warn: take, error: take };
}
