export type { AnnotationValue, Trace } from "./trace.ts";
export { tracer } from "./tracer.ts";
export type { CommonTracerOptions, TracerInstanceOptions, TracerOptions } from "./tracer-options.ts";
export { type AwsClient, captured } from "./xray/captured.ts";
