import type { Tracer } from "@aws-lambda-powertools/tracer";
import type { TracerOptions as PowertoolsOptions } from "@aws-lambda-powertools/tracer/types";

/** What `tracer` takes however the Powertools tracer comes about. */
export interface CommonTracerOptions {
  /**
   * Whether what handlers return is kept with their subsegments, as metadata, up to 32 KB. It may hold what nobody is to
   * read in a trace. `POWERTOOLS_TRACER_CAPTURE_RESPONSE=false` keeps it out all the same.
   * @default `POWERTOOLS_TRACER_CAPTURE_RESPONSE`, or else false
   */
  readonly captureResponse?: boolean | undefined;
}

/** The options of `tracer`: those of Powertools' `Tracer`, under their names there, and a shorter name for one. */
export interface TracerOptions extends CommonTracerOptions {
  readonly instance?: undefined;
  /** The service's name, as annotation `Service`. @default `POWERTOOLS_SERVICE_NAME`, or else "service_undefined" */
  readonly service?: string | undefined;
  /** As `service`. */
  readonly serviceName?: string | undefined;
  /**
   * `false` traces nothing. `true` starts to load the X-Ray SDK when the function starts: for functions of which most
   * invocations are traced.
   * @default `POWERTOOLS_TRACE_ENABLED`, or else it is loaded at the first invocation that is traced
   */
  readonly enabled?: boolean | undefined;
  /**
   * Whether requests by `fetch`, `http` and `https` are subsegments.
   * @default `POWERTOOLS_TRACER_CAPTURE_HTTPS_REQUESTS`, or else true
   */
  readonly captureHTTPsRequests?: boolean | undefined;
  /** @deprecated By Powertools. Use the other options, or `POWERTOOLS_…` environment variables. */
  readonly customConfigService?: PowertoolsOptions["customConfigService"] | undefined;
}

type OwnOptions = Exclude<keyof TracerOptions, keyof CommonTracerOptions | "instance">;

/** The options of `tracer` for a Powertools tracer that is there already, and has its own. */
export interface TracerInstanceOptions extends CommonTracerOptions, Readonly<Partial<Record<OwnOptions, undefined>>> {
  /** A Powertools tracer of your own, the one that the rest of your code imports. */
  readonly instance: Tracer;
}
