import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Told } from "./sdk.ts";

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

interface OtlpRequest {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[] }[];
}

export interface OtlpReceiver {
  readonly url: string;
  /** What has arrived, in the order of arrival. */
  readonly spans: readonly OtlpSpan[];
  readonly requests: () => number;
}

/** A receiver of OTLP over HTTP on a socket of its own, until the test ends. */
export async function otlpReceiver(
  reply: (response: ServerResponse) => void = (response) => void response.end("{}"),
): Promise<OtlpReceiver> {
  const spans: OtlpSpan[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as OtlpRequest;
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.setHeader("content-type", "application/json");
      reply(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1/traces`, spans, requests: () => requests };
}

/** What a span says of itself under a name, whatever its type. */
export function attributeOf({ attributes }: OtlpSpan, name: string): unknown {
  const value = attributes.find(({ key }) => key === name)?.value;
  return value && Object.values(value)[0];
}

/** The spans as trees of their names, in the order in which they were started. */
export function otlpTrees(spans: readonly OtlpSpan[]): Told[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const below = (id: string | undefined): Told[] =>
    spans
      .filter(({ parentSpanId }) => (parentSpanId !== undefined && ids.has(parentSpanId) ? parentSpanId : undefined) === id)
      .toSorted((a, b) => (BigInt(a.startTimeUnixNano) < BigInt(b.startTimeUnixNano) ? -1 : 1))
      .map(({ name, spanId }) => {
        const inner = below(spanId);
        return { name, ...(inner.length > 0 && { spans: inner }) };
      });
  return below(undefined);
}
