export type { AnnotationValue, Trace } from "./trace.ts";
