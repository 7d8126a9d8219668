export { type Effects, effects } from "./kernel/effects.ts";
export { type Fault, type FaultKind, type FaultTrigger, InjectedFaultError } from "./kernel/faults.ts";
export type { FilterPattern } from "./kernel/filter.ts";
export type { SimulationOptions } from "./kernel/options.ts";
export type { OrderBreach } from "./kernel/order.ts";
export type { Forwarded } from "./kernel/simulated-aws.ts";
export { SimulationError } from "./kernel/simulation-error.ts";
export { type Ending, type Loss, type Repetition, type SimulatedInvocation, SimulationRun } from "./kernel/simulation-run.ts";
export type { Attempt, Fate, Simulated } from "./kernel/subject.ts";
export { Timeline, type TimelineEntry, type TimelineWhat } from "./kernel/timeline.ts";
export {
  type DynamodbStreamFunction,
  type SimulateDynamodbStreamOptions,
  type SimulatedDynamodbInput,
  simulateDynamodbStream,
} from "./simulate-dynamodb-stream.ts";
export { type KafkaFunction, type SimulatedKafkaInput, type SimulateKafkaOptions, simulateKafka } from "./simulate-kafka.ts";
export { type KinesisFunction, type SimulatedKinesisInput, type SimulateKinesisOptions, simulateKinesis } from "./simulate-kinesis.ts";
export { type SqsFunction, simulateSqs, simulateSqsFifo } from "./simulate-sqs.ts";
export type { SimulatedSqsInput, SimulateSqsFifoOptions, SimulateSqsOptions, SqsSimulationOptions } from "./sqs/sqs-options.ts";
export type { OnFailureRecord, StreamBatchInfo } from "./streams/on-failure-record.ts";
export type { ShardSimulationOptions, StreamSimulationOptions } from "./streams/stream-options.ts";
