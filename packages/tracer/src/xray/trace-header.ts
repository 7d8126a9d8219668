import type { LambdaContext } from "@lamella/core";

/** The name of the header that hands a trace on. */
const TRACE_HEADER = "X-Amzn-Trace-Id";

/** What Lambda tells of the trace that an invocation belongs to. */
export interface TraceHeader {
  /** The id of the trace. */
  readonly root: string;
  /** The segment that the invocation is below. */
  readonly parent: string | undefined;
  /** Whether the trace is recorded. Lambda names no parent where it only passes the trace on. */
  readonly isSampled: boolean;
  /** Whatever else there is, such as `Lineage`, for the services that are called. */
  readonly others: Readonly<Record<string, string>>;
}

const ROOT = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i;

/**
 * The trace header of an invocation: the context's, where the runtime gives it, because the environment has one for all.
 *
 * AWS: "Tracing header" of the X-Ray concepts.
 */
export function traceHeaderOf(lambda: LambdaContext): TraceHeader | undefined {
  return toTraceHeader(textOf(lambda));
}

/** The same where the invocation is to be recorded. Most are not, and theirs is not taken apart. */
export function sampledHeaderOf(lambda: LambdaContext): TraceHeader | undefined {
  const text = textOf(lambda);
  if (text?.includes("Sampled=1") !== true) return undefined;
  const header = toTraceHeader(text);
  return header?.isSampled === true ? header : undefined;
}

function textOf({ xRayTraceId }: LambdaContext): string | undefined {
  return typeof xRayTraceId === "string" && xRayTraceId !== "" ? xRayTraceId : process.env["_X_AMZN_TRACE_ID"];
}

/** Reads a trace header; `undefined` for what names no trace. */
export function toTraceHeader(text: string | undefined): TraceHeader | undefined {
  if (text === undefined) return undefined;
  let root: string | undefined;
  let parent: string | undefined;
  let sampled: string | undefined;
  const others: Record<string, string> = {};
  for (const pair of text.split(";")) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim();
    const value = pair.slice(at + 1).trim();
    if (at === -1 || name === "" || value === "") continue;
    if (name === "Root") root = value;
    else if (name === "Parent") parent = value;
    else if (name === "Sampled") sampled = value;
    else if (name !== "Self" && name !== "__proto__") others[name] = value;
  }
  if (root === undefined || !ROOT.test(root)) return undefined;
  return { root, parent, isSampled: parent !== undefined && sampled === "1", others };
}

/** The header for what is called below the segment `parent`, or, without one, the trace as it came. */
export function toHeaders(
  header: TraceHeader,
  parent: string | undefined = header.parent,
  isSampled: boolean = header.isSampled,
): Readonly<Record<string, string>> {
  // Where Lambda only passes the trace on there is no parent and no decision, and the next service makes its own.
  const decided = parent === undefined ? {} : { Parent: parent, Sampled: isSampled ? "1" : "0" };
  const pairs = Object.entries({ Root: header.root, ...decided, ...header.others });
  return { [TRACE_HEADER]: pairs.map(([name, value]) => `${name}=${value}`).join(";") };
}
