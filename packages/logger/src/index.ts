export { type Correlation, correlationOf, handedOn } from "./correlation.ts";
export type { Log, LogKeys } from "./log.ts";
export { logger } from "./logger.ts";
export type { CommonOptions, EventLogOptions, InstanceOptions, LoggerOptions } from "./logger-options.ts";
