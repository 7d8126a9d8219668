export type { Log, LogKeys } from "./log.ts";
export { logger } from "./logger.ts";
export type { CommonOptions, InstanceOptions, LoggerOptions } from "./logger-options.ts";
