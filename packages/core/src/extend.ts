/** For those who extend Lamella: what sources, layers and tools are built with. */
export { assemble, type Parts, partsOf } from "./assemble.ts";
export { type BatchDefinition, type BatchFormat, batchSource } from "./batch/batch-source.ts";
export { checkSchema, isSchema, toDecode } from "./codecs/codec.ts";
export { parseJson, refusePollution } from "./codecs/json.ts";
export { validate } from "./codecs/validate.ts";
export { normalised } from "./compose.ts";
export { remainingMsOf } from "./deadline.ts";
export { dispatchedBy } from "./dispatch.ts";
export { nameOf } from "./errors/batch-failed-error.ts";
export { type PayloadErrorOptions, toPointer } from "./errors/payload-error.ts";
export { mustBe } from "./must-be.ts";
export { isOutcome, type OutputOutcome, toOutcome } from "./outcome.ts";
export { type Decoder, PayloadItem } from "./payload-item.ts";
export { firstOfEachKind } from "./report.ts";
export { type SingleDefinition, singleSource } from "./single-source.ts";
