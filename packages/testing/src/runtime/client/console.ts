import { AsyncLocalStorage } from "node:async_hooks";
import { format } from "node:util";

/** The request id that lines are written with. */
export const requestId: AsyncLocalStorage<string> = new AsyncLocalStorage<string>();

const LEVELS = { trace: "TRACE", debug: "DEBUG", log: "INFO", info: "INFO", warn: "WARN", error: "ERROR" } as const;

/** Has the console write a line an entry, with time, request id and level, as text or JSON. */
export function patchConsole(): void {
  const isJson = process.env["AWS_LAMBDA_LOG_FORMAT"]?.toUpperCase() === "JSON";
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method as keyof typeof LEVELS] = (...parts: readonly unknown[]) => {
      const timestamp = new Date().toISOString();
      const id = requestId.getStore();
      const message = format(...parts);
      const entry = isJson ? JSON.stringify({ timestamp, level, requestId: id, message }) : [timestamp, id, level, message].join("\t");
      process.stdout.write(`${entry.replaceAll("\n", "\r")}\n`);
    };
  }
}
