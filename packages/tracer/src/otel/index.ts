export type { AnnotationValue, Trace } from "../trace.ts";
export { otel } from "./otel.ts";
export type { OtelOptions, XRayParent } from "./otel-options.ts";
