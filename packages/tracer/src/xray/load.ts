import type { Tracer } from "@aws-lambda-powertools/tracer";
import type { TracerInstanceOptions, TracerOptions } from "../tracer-options.ts";
import { captureBy } from "./captured.ts";
import { warn } from "./warn.ts";
import { XRay } from "./xray.ts";

// Of the process, as what is patched: two tracers that patch `fetch` write each request twice.
let isPatched = false;

/** Gives the X-Ray SDK, loaded when it is first asked for; `undefined` where it cannot be had. */
export class Loader {
  readonly #options: TracerOptions | TracerInstanceOptions;
  #xray: XRay | undefined;
  #loading: Promise<XRay | undefined> | undefined;

  constructor(options: TracerOptions | TracerInstanceOptions) {
    this.#options = options;
  }

  /** At once where it is there. Never rejects. */
  get(): XRay | undefined | Promise<XRay | undefined> {
    return this.#xray ?? (this.#loading ??= this.#load());
  }

  async #load(): Promise<XRay | undefined> {
    try {
      const tracer = await this.#tracer();
      // One of a team's own may be switched off.
      if (!tracer.isTracingEnabled()) return undefined;
      this.#xray = new XRay(tracer);
      captureBy(this.#xray);
    } catch (error) {
      warn("Nothing is traced: the X-Ray SDK could not be loaded. A bundle of ES modules needs a `require`.", error);
    }
    return this.#xray;
  }

  async #tracer(): Promise<Tracer> {
    const { instance, service, serviceName = service, customConfigService, captureHTTPsRequests = true } = this.#options;
    if (instance !== undefined) return instance;
    // It takes some 40 ms and most functions, most of the time, are not traced. So no module may import it statically.
    const { Tracer } = await import("@aws-lambda-powertools/tracer");
    const patches = captureHTTPsRequests && !isPatched;
    if (patches) isPatched = true;
    return new Tracer({
      captureHTTPsRequests: patches,
      ...(serviceName !== undefined && { serviceName }),
      ...(customConfigService !== undefined && { customConfigService }),
    });
  }
}
