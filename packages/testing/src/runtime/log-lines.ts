import type { Readable } from "node:stream";

interface Waiting {
  readonly pattern: string | RegExp;
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
}

/** The lines that processes write, as they come. */
export class LogLines {
  readonly lines: string[] = [];
  readonly #waiting = new Set<Waiting>();

  read(stream: Readable): void {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#add(line);
    });
    stream.on("end", () => {
      if (rest !== "") this.#add(rest);
    });
  }

  /** The first line that matches, from the first on. */
  find(pattern: string | RegExp): Promise<string> {
    const found = this.lines.find((line) => matches(line, pattern));
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => void this.#waiting.add({ pattern, resolve, reject }));
  }

  /** No line comes any more. */
  close(): void {
    for (const { pattern, reject } of this.#waiting) reject(new Error(`The runtime was shut down before it logged ${String(pattern)}`));
    this.#waiting.clear();
  }

  #add(line: string): void {
    // The client keeps each entry on one line.
    const entry = line.replaceAll("\r", "\n");
    this.lines.push(entry);
    for (const waiting of this.#waiting) {
      if (!matches(entry, waiting.pattern)) continue;
      this.#waiting.delete(waiting);
      waiting.resolve(entry);
    }
  }
}

function matches(line: string, pattern: string | RegExp): boolean {
  return typeof pattern === "string" ? line.includes(pattern) : pattern.test(line);
}
