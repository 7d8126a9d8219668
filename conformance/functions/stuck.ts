import { direct, onShutdown, ready, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { httpApi } from "@lamella/http";

const work = async (what: string, signal: AbortSignal): Promise<void> => {
  signal.addEventListener("abort", () => console.log(`${what} aborted: ${(signal.reason as Error).name}`));
  if (what === "never") await new Promise(() => {});
  if (what.startsWith("slow")) {
    await new Promise((resolve) => setTimeout(resolve, Number(process.env["SLOW_MS"] ?? 60_000)));
    console.log(`${what} woke up`);
    throw new Error(`${what} failed after it was given up`);
  }
};

export const queue = wrap(sqs({ concurrency: 3, softMs: 400, hardMs: 200 }), async ({ body }, { signal }) => {
  console.log(`${body} starts`);
  await work(body, signal);
  console.log(`${body} done`);
});

export const api = wrap(httpApi({ softMs: 400, hardMs: 200 }), async ({ path }, { signal }) => {
  await work(path.slice(1), signal);
  return { path };
});

export const step = wrap(direct<string, string>({ softMs: 400, hardMs: 200 }), async (event, { signal }) => {
  await work(event, signal);
  return event;
});

export const ordered = await ready(
  wrap(
    sqs(),
    onShutdown(() => console.log("closed")),
    async ({ body }, { signal }) => work(body, signal),
  ),
);
