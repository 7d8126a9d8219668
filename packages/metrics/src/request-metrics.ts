import type { Failure } from "@lamella/core";
import type { MetricDocument } from "./document.ts";

/** What is told of one request. */
export interface RequestSeen {
  readonly method: string;
  /** Set by a router on the way. */
  readonly route?: string | undefined;
}

/** One request on its way, as the layer sees it. */
export class RequestWatch {
  readonly #request: RequestSeen;
  readonly #startedAt = performance.now();
  #durationMs: number | undefined;
  #status: number | undefined;

  constructor(request: RequestSeen) {
    this.#request = request;
  }

  /** Notes how it came out; `outcome` is what the layers see of a response. */
  end(outcome: unknown): void {
    this.#durationMs = performance.now() - this.#startedAt;
    const status = (outcome as { readonly status?: unknown } | undefined)?.status;
    if (typeof status === "number") this.#status = status;
  }

  document(failures: readonly Failure[]): MetricDocument {
    // An error that was answered tells its status itself; one that was not comes out as 500.
    const [failure] = failures;
    const status = failure === undefined ? this.#status : (failure.status ?? 500);
    return requestDocument(this.#request, status ?? 200, this.#durationMs ?? performance.now() - this.#startedAt);
  }
}

/** The metrics of one request, under the names that API Gateway gives its own. */
export function requestDocument(request: RequestSeen | undefined, status: number, durationMs: number | undefined): MetricDocument {
  const { method, route } = request ?? {};
  return {
    // Never the path, whose ids would make a metric each.
    labels: { dimensions: { route: method === undefined || route === undefined ? "none" : `${method} ${route}` } },
    entries: [
      ...(durationMs === undefined ? [] : [{ name: "Latency", unit: "Milliseconds", value: durationMs } as const]),
      { name: "4XXError", unit: "Count", value: status >= 400 && status < 500 ? 1 : 0 },
      { name: "5XXError", unit: "Count", value: status >= 500 ? 1 : 0 },
    ],
  };
}

/** Whether an item is a request of an HTTP source, told by its members: this package does not know the other. */
export function isRequest(item: unknown): item is RequestSeen {
  if (typeof item !== "object" || item === null) return false;
  const { method, path } = item as { readonly method?: unknown; readonly path?: unknown };
  return typeof method === "string" && typeof path === "string" && "route" in item;
}
