import * as fc from "fast-check";

/** What becomes of one call of the store. */
export interface Network {
  /** How long the call is on its way there and back, in milliseconds. */
  readonly thereMs: number;
  readonly backMs: number;
  /** `lost`: it never arrives. `mute`: it is applied, and the answer is lost. `late`: it is applied after the caller gave up. `twice`: it is sent again, because the first answer was lost. */
  readonly fault: "none" | "lost" | "mute" | "late" | "twice";
}

/** One delivery of the item, to one process. */
export interface Planned {
  readonly atMs: number;
  readonly process: number;
  readonly timeoutMs: number;
  /** Before the effect, and after it, in milliseconds. */
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly fails: "no" | "before" | "after";
  /** What happens to the process: it crashes, or it is frozen when it has replied at its deadline, and thaws later. */
  readonly mishap: { readonly kind: "none" | "crash" | "freeze"; readonly atMs: number; readonly forMs: number };
  /** How fast deliveries come again after a crash, and whether Lambda itself sends the same one again. */
  readonly again: { readonly count: number; readonly everyMs: number; readonly sameId: boolean };
}

export interface Schedule {
  readonly skews: readonly number[];
  readonly attempts: readonly Planned[];
  readonly network: readonly Network[];
  readonly leaseMs: number;
  readonly waits: boolean;
  readonly caches: boolean;
}

const ms = (max: number): fc.Arbitrary<number> => fc.oneof(fc.integer({ min: 0, max: Math.ceil(max / 50) }), fc.integer({ min: 0, max }));

const network: fc.Arbitrary<Network> = fc.record({
  thereMs: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 20 }) }, { weight: 1, arbitrary: ms(4_000) }),
  backMs: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 20 }) }, { weight: 1, arbitrary: ms(8_000) }),
  fault: fc.oneof(
    { weight: 8, arbitrary: fc.constant("none" as const) },
    { weight: 2, arbitrary: fc.constantFrom("lost" as const, "mute" as const, "late" as const, "twice" as const) },
  ),
});

const attempt = (processes: number): fc.Arbitrary<Planned> =>
  fc.record({
    atMs: ms(20_000),
    process: fc.nat({ max: processes - 1 }),
    timeoutMs: fc.constantFrom(2_000, 5_000, 29_000, 100_000),
    beforeMs: ms(15_000),
    afterMs: ms(15_000),
    fails: fc.oneof(
      { weight: 5, arbitrary: fc.constant("no" as const) },
      { weight: 1, arbitrary: fc.constantFrom("before" as const, "after" as const) },
    ),
    mishap: fc.record({
      kind: fc.oneof(
        { weight: 3, arbitrary: fc.constant("none" as const) },
        { weight: 2, arbitrary: fc.constantFrom("crash" as const, "freeze" as const) },
      ),
      atMs: ms(20_000),
      forMs: ms(120_000),
    }),
    again: fc.record({ count: fc.nat({ max: 3 }), everyMs: ms(20_000), sameId: fc.boolean() }),
  });

/** Up to 8 concurrent deliveries of one item, to up to 4 processes whose clocks are up to a second apart. */
export const schedules: fc.Arbitrary<Schedule> = fc.integer({ min: 1, max: 4 }).chain((processes) =>
  fc.record({
    skews: fc.array(fc.integer({ min: -500, max: 500 }), { minLength: processes, maxLength: processes }),
    attempts: fc.array(attempt(processes), { minLength: 1, maxLength: 8 }),
    network: fc.array(network, { minLength: 1, maxLength: 24 }),
    leaseMs: fc.constantFrom(2_000, 2_000, 5_000, 60_000),
    waits: fc.boolean(),
    caches: fc.boolean(),
  }),
);
