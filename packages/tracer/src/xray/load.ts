import type { TracerInstanceOptions, TracerOptions } from "../tracer-options.ts";
import type { Traced } from "./traced.ts";
import { warn } from "./warn.ts";

/** Gives what traces, loaded with the X-Ray SDK when it is first asked for. */
export class Loader {
  /** `undefined` as long as it is not loaded, and where it cannot be had. */
  traced: Traced | undefined;
  readonly #options: TracerOptions | TracerInstanceOptions;
  #loading: Promise<Traced | undefined> | undefined;

  constructor(options: TracerOptions | TracerInstanceOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  load(): Promise<Traced | undefined> {
    return (this.#loading ??= this.#load());
  }

  async #load(): Promise<Traced | undefined> {
    try {
      // With the SDK it takes some 40 ms, and most functions, most of the time, are not traced. So nothing else imports
      // it, and it has in it all that is of use only there.
      const { openTraced } = await import("./traced.ts");
      this.traced = await openTraced(this.#options);
    } catch (error) {
      warn("Nothing is traced: the X-Ray SDK could not be loaded. A bundle of ES modules needs a `require`.", error);
    }
    return this.traced;
  }
}
