import type { ConstructorOptions } from "@aws-lambda-powertools/logger/types";
import type { LogConsole } from "./recorder.ts";

type BufferOptions = NonNullable<ConstructorOptions["logBufferOptions"]>;

const LEVELS = { DEBUG: 8, INFO: 12, WARN: 16 };

/** The level from which on a line lets go of those that were held back. */
const ERROR = 20;

/** Which lines are held back, and how many of them. */
export class Buffering {
  readonly maxBytes: number;
  readonly #upTo: number;
  readonly #releasesOnError: boolean;

  constructor({ maxBytes = 20_480, bufferAtVerbosity = "DEBUG", flushOnErrorLog = true }: BufferOptions) {
    this.maxBytes = maxBytes;
    this.#upTo = LEVELS[bufferAtVerbosity.toUpperCase() as keyof typeof LEVELS];
    this.#releasesOnError = flushOnErrorLog;
  }

  holds(level: number): boolean {
    return level <= this.#upTo;
  }

  releases(level: number): boolean {
    return this.#releasesOnError && level >= ERROR;
  }
}

/** The buffering that the options ask for; `undefined` for none. */
export function bufferingOf(options: ConstructorOptions["logBufferOptions"]): Buffering | undefined {
  return options === undefined || options.enabled === false ? undefined : new Buffering(options);
}

interface Line {
  readonly method: keyof LogConsole;
  readonly text: string;
  readonly bytes: number;
}

/**
 * The lines of one item that are written only when something goes wrong with it. They go with the item: nothing has to
 * be cleared, and what goes wrong with one item lets go of its own lines and of no other's.
 */
export class HeldLines {
  #lines: Line[] = [];
  #bytes = 0;
  #dropped = 0;

  /** Holds a line, and lets the oldest go for it where there is no room; `false` where it can never fit. */
  hold(method: keyof LogConsole, text: string, maxBytes: number): boolean {
    const bytes = Buffer.byteLength(text);
    if (bytes > maxBytes) return false;
    this.#lines.push({ method, text, bytes });
    this.#bytes += bytes;
    while (this.#bytes > maxBytes) {
      this.#bytes -= this.#lines.shift()?.bytes ?? 0;
      this.#dropped++;
    }
    return true;
  }

  /** Writes what is held, and gives how many lines there was no room for. */
  release(console: LogConsole): number {
    const lines = this.#lines;
    const dropped = this.#dropped;
    this.clear();
    for (const { method, text } of lines) console[method](text);
    return dropped;
  }

  clear(): void {
    this.#lines = [];
    this.#bytes = 0;
    this.#dropped = 0;
  }
}
