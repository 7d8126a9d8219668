/**
 * The sealed result of the rest of the chain. Only `next` and `answer` make one, so that a layer which forgets `next`
 * does not compile.
 */
export interface Outcome<out Adds> {
  // Marks are strings that start with `~` and no unique symbols: a bundle may hold two copies of this package.
  readonly "~adds": Adds;
}

/** An outcome that carries what the handler returned. */
export interface OutputOutcome extends Outcome<never> {
  readonly output: unknown;
}

// Shared, because most items of a batch come to nothing that anyone reads.
const NOTHING: OutputOutcome = Object.freeze({ "~adds": undefined as never, output: undefined });

/** Seals what a handler returned. */
export function toOutcome(output: unknown): OutputOutcome {
  return output === undefined ? NOTHING : { "~adds": undefined as never, output };
}

export function isOutcome(value: unknown): value is Outcome<never> {
  return typeof value === "object" && value !== null && "~adds" in value;
}

/**
 * Answers an item without running the rest of the chain: what the handler would have returned.
 *
 * @example
 * layer("skipTests", async (item: { id: string }, _ctx, next) => (item.id === "test" ? answer(undefined) : next()));
 */
export function answer(output: unknown): Outcome<never> {
  return { "~adds": undefined as never, "~answer": true, output } as OutputOutcome;
}
