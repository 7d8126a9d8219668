import type { Driver, Stage } from "../kernel/simulation.ts";
import type { Subject } from "../kernel/subject.ts";
import { Lane } from "./lane.ts";
import type { StreamFormat } from "./stream-format.ts";
import type { ShardSimulationOptions } from "./stream-options.ts";

/**
 * The event source mapping of a stream: each lane by itself.
 *
 * AWS: "Using Lambda to process records from Amazon Kinesis Data Streams", "Configuring error handling controls for Kafka event sources".
 */
export class StreamMapping implements Driver {
  readonly subjects: readonly Subject[];
  readonly isOrdered = true;
  readonly #stage: Stage;
  readonly #lanes: readonly Lane[];

  constructor(stage: Stage, format: StreamFormat, options: ShardSimulationOptions, retentionMs: number) {
    this.#stage = stage;
    this.subjects = format.entries.flatMap(({ subjects }) => subjects);
    const byLane = Map.groupBy(format.entries, ({ lane }) => lane);
    const check = () => this.#check();
    this.#lanes = [...byLane].map(([name, entries]) => new Lane(name, entries, stage, format, options, retentionMs, check));
  }

  start(): void {
    const { world, journal } = this.#stage;
    const all = this.#lanes.flatMap(({ entries }) => entries);
    if (all.length === 0) return this.#stage.drained();
    for (const [afterMs, arrived] of Map.groupBy(all, (entry) => entry.afterMs))
      world.at(world.startedAt + afterMs, () =>
        journal.note(
          "sent",
          arrived.flatMap(({ subjects }) => subjects.map(({ id }) => id)),
        ),
      );
    for (const lane of this.#lanes) lane.start();
  }

  #check(): void {
    if (this.#lanes.every(({ isDone }) => isDone)) this.#stage.drained();
  }
}
