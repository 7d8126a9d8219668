const dim = (text: string) => (process.stdout.isTTY ? `\u001b[2m${text}\u001b[0m` : text);
const bold = (text: string) => (process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text);
const write = process.stdout.write.bind(process.stdout);

/** What the run tells the one who looks on. */
export const say = {
  title: (text: string): unknown => write(`\n${bold(text)}\n`),
  step: (text: string): unknown => write(`\n${bold(text)}\n`),
  detail: (text: string): unknown => write(`  ${text}\n`),
  exchange: (sent: string, got: string): unknown => write(`  → ${sent}\n  ← ${got}\n`),
  /** A line that a function has logged in a process of its own. */
  log: (line: string): unknown => write(shorten(line.split("\t").at(3) ?? line)),
};

/** What is shown of a log line, besides its message: the rest says the same in each. */
const SHOWN = [
  "delivery_id",
  "delivery_attempt",
  "fate",
  "status",
  "error",
  "order",
  "sku",
  "amount",
  "product",
  "by",
  "count",
  "items",
  "day",
  "products",
  "orders",
  "inits_ms",
];

/** Shows the functions' log lines, which are JSON, in short, until it is called back. */
export function showLogs(): () => void {
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write.bind(stream));
  for (const stream of streams) {
    stream.write = (chunk: unknown) => write(shorten(String(chunk)));
  }
  return () => {
    for (const [index, stream] of streams.entries()) stream.write = originals[index] as typeof stream.write;
  };
}

function shorten(line: string): string {
  const entry = parse(line);
  if (entry === undefined) return line.endsWith("\n") ? line : dim(`    log ${line}\n`);
  if ("_aws" in entry) return dim(`    metrics: ${metricsIn(entry)}\n`);
  const keys = SHOWN.filter((key) => entry[key] !== undefined).map((key) => `${key}=${short(entry[key])}`);
  return dim(`    log ${String(entry["level"]).padEnd(5)} ${String(entry["message"])}: ${keys.join(" ")}\n`);
}

/** The metrics of a line in CloudWatch's embedded metric format. */
function metricsIn(entry: Readonly<Record<string, unknown>>): string {
  const { CloudWatchMetrics } = entry["_aws"] as {
    readonly CloudWatchMetrics: readonly { readonly Metrics: readonly { readonly Name: string }[] }[];
  };
  return CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => `${Name}=${JSON.stringify(entry[Name])}`)).join(" ");
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return line.startsWith("{") ? JSON.parse(line) : undefined;
  } catch {
    return undefined;
  }
}

/** An error by its name and message, anything else as JSON. */
function short(value: unknown): string {
  const { name, message } = value as { readonly name?: string; readonly message?: string };
  return name === undefined ? JSON.stringify(value) : `${name}(${message})`;
}
