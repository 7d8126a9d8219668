export { type AnyLambda } from "./assemble.ts";
export { type BatchOptions, type OnFailure } from "./batch/batch-options.ts";
export { type AnsweringSource, type BatchSource, type Ignored } from "./batch/batch-source.ts";
export { type Whole, type WholeAnswersKind, type WholeKind, type WholeSource, whole } from "./batch/whole.ts";
export { base64 } from "./codecs/base64.ts";
export { bytes } from "./codecs/bytes.ts";
export { type Codec, codec, type Decode, type Payload, type Schema, type ValueOf } from "./codecs/codec.ts";
export type { DecompressOptions } from "./codecs/decompress.ts";
export { gzip } from "./codecs/gzip.ts";
export { json } from "./codecs/json.ts";
export { text } from "./codecs/text.ts";
export { zstd } from "./codecs/zstd.ts";
export type { Base, Deadline, Delivery } from "./context.ts";
export type { DeadlineOptions } from "./deadline.ts";
export { type DirectKind, type DirectOptions, direct } from "./direct.ts";
export { dispatch } from "./dispatch.ts";
export { env, type Variables } from "./env.ts";
export { BatchFailedError } from "./errors/batch-failed-error.ts";
export { DeadlineExceededError } from "./errors/deadline-exceeded-error.ts";
export { EnvError } from "./errors/env-error.ts";
export { InitError } from "./errors/init-error.ts";
export { hasCode, LamellaError } from "./errors/lamella-error.ts";
export { NextCalledTwiceError } from "./errors/next-called-twice-error.ts";
export { NoOutcomeError } from "./errors/no-outcome-error.ts";
export { NotRunError } from "./errors/not-run-error.ts";
export { OutputError } from "./errors/output-error.ts";
export { PayloadError } from "./errors/payload-error.ts";
export { SchemaError } from "./errors/schema-error.ts";
export { TimeoutError } from "./errors/timeout-error.ts";
export { WrongEventError } from "./errors/wrong-event-error.ts";
export type { Failure, FailureFate } from "./failure.ts";
export type { Lambda, LambdaContext } from "./lambda.ts";
export {
  type AnyLayer,
  type AroundInvocation,
  type AroundItem,
  type ContextOf,
  type Layer,
  type LayerHooks,
  type LayerOptions,
  layer,
  type Next,
  needs,
} from "./layer.ts";
export { layers } from "./layers.ts";
export { type InitTime, type Lifecycle, type LifecycleOptions, lifecycle } from "./lifecycle/lifecycle.ts";
export { type OnShutdownOptions, onShutdown } from "./lifecycle/on-shutdown.ts";
export { ready } from "./lifecycle/ready.ts";
export { readySync } from "./lifecycle/ready-sync.ts";
export { type AnyResource, type Resource, type ResourceOptions, resource, type ValuesOf } from "./lifecycle/resource.ts";
export { type FailureReport, type OnFailureOptions, onFailure } from "./on-failure.ts";
export { answer, type Outcome } from "./outcome.ts";
export { PayloadNotReadyError } from "./payload-item.ts";
export { type RetryOptions, retry } from "./retry.ts";
export { type SendTo, sendTo } from "./send-to.ts";
export type { ItemOf, Kind, Source } from "./source.ts";
export { timeout } from "./timeout.ts";
export { FinalError, final, RetryLaterError, retryLater, type Verdict } from "./verdicts.ts";
export { type WarmupOptions, warmup } from "./warmup.ts";
export { type HandlerOf, type LayerOf, wrap } from "./wrap.ts";
