import { InitError } from "../errors/init-error.ts";
import { hasCode } from "../errors/lamella-error.ts";
import { addAlive, type Mortal, removeAlive, shutDown } from "./alive.ts";
import { afterRunning } from "./running.ts";

/** What one thing with a life is made of. */
export interface CellOptions<Value> {
  readonly name: string;
  readonly needs: readonly Needed[];
  readonly init: (needs: never) => Value | Promise<Value>;
  readonly shutdown: ((value: Value) => unknown) | undefined;
  readonly timeoutMs: number | undefined;
  readonly maxAgeMs: number | undefined;
  readonly isSame: (before: Value, after: Value) => boolean;
}

/** What another thing needs, as that one sees it. */
export interface Needed {
  readonly key: string;
  /** Makes it where it is not there yet. */
  readonly held: () => Promise<unknown>;
  /** Has `onChange` called whenever it is made anew, until what is returned is called. */
  readonly watch: (onChange: () => Promise<void>) => () => void;
}

/** One making of a value. */
interface Made<Value> {
  readonly value: Value;
  readonly mortal: Mortal;
  /** How long its own making took, without what it needs. */
  readonly tookMs: number;
}

/** How long a value stays as it is after making it anew has failed, in milliseconds. */
const TRY_AGAIN_MS = 5_000;

/** The life of one value: made once, made anew when what it needs has changed, shut down when nobody uses it any more. */
export class Cell<Value> {
  readonly #options: CellOptions<Value>;
  readonly #watchers = new Set<() => Promise<void>>();
  #made: Made<Value> | undefined;
  #making: Promise<Value> | undefined;
  #unwatch: readonly (() => void)[] = [];
  /** What it needs has changed since. */
  #isOutdated = false;
  /** That it could not be made anew has been told, and it has not been since. */
  #isTold = false;
  /** When it is to be looked at again, as a time. */
  #dueAt = Infinity;

  constructor(options: CellOptions<Value>) {
    this.#options = options;
  }

  get isMade(): boolean {
    return this.#made !== undefined;
  }

  /** How long its making took; `undefined` before. */
  get tookMs(): number | undefined {
    return this.#made?.tookMs;
  }

  /** What it is now; to be read only when it is made. */
  get value(): Value {
    return (this.#made as Made<Value>).value;
  }

  /** The value, made where it is not there yet. After a failure the next call tries again. */
  held(): Promise<Value> {
    return this.#made === undefined ? (this.#making ??= this.#settled(this.#first())) : Promise.resolve(this.#made.value);
  }

  /** Makes it anew in the background when it has grown too old, or when the last time failed. */
  look(): void {
    if (this.#dueAt !== Infinity && this.#dueAt <= Date.now()) void this.#anew().catch(() => {});
  }

  /** Makes it anew now, and what needs it. Does nothing before the first making. */
  async refresh(): Promise<void> {
    if (this.#made === undefined) await this.#making;
    else await this.#anew();
  }

  watch(onChange: () => Promise<void>): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }

  // One making at a time, and who comes meanwhile waits for it.
  #settled(making: Promise<Value>): Promise<Value> {
    const settle = (): void => {
      if (this.#making === making) this.#making = undefined;
    };
    making.then(settle, settle);
    return making;
  }

  async #first(): Promise<Value> {
    const { needs } = this.#options;
    this.#unwatch = needs.map((need) => need.watch(() => this.#outdate()));
    try {
      const made = await this.#make();
      this.#take(made);
      return this.#isOutdated ? await this.#makeAnew().catch(() => made.value) : made.value;
    } catch (error) {
      this.#stopWatching();
      throw error;
    }
  }

  async #make(): Promise<Made<Value>> {
    const { name, needs, init, shutdown, timeoutMs } = this.#options;
    let made: { readonly value: Value } | undefined;
    const mortal: Mortal = {
      name,
      timeoutMs,
      shutdown: () => {
        if (this.#made?.mortal === mortal) this.#end();
        return made && shutdown?.(made.value);
      },
    };
    // Its place comes before its value, so that the order does not depend on what is made fastest.
    const pending = needs.map((need) => need.held());
    if (shutdown !== undefined) addAlive(mortal);
    try {
      const values = await Promise.all(pending);
      this.#isOutdated = false;
      const startedAt = performance.now();
      const value = await init(Object.fromEntries(needs.map(({ key }, index) => [key, values[index]])) as never);
      made = { value };
      return { value, mortal, tookMs: performance.now() - startedAt };
    } catch (error) {
      removeAlive(mortal);
      // What it needs says for itself what failed.
      throw hasCode(error, "LAMELLA_INIT") ? error : new InitError(name, error);
    }
  }

  #take(made: Made<Value>): void {
    this.#made = made;
    const { maxAgeMs } = this.#options;
    this.#dueAt = maxAgeMs === undefined ? Infinity : Date.now() + maxAgeMs;
  }

  #outdate(): Promise<void> {
    this.#isOutdated = true;
    // While it is made the first time, whoever makes it looks again.
    if (this.#made === undefined) return Promise.resolve();
    // What has changed is there already; that this one stays as it was is told, and tried again.
    return this.#anew().catch(() => {});
  }

  async #anew(): Promise<void> {
    while (this.#making !== undefined) {
      await this.#making;
      // It may have begun before the change, and then begins again by itself.
      if (!this.#isOutdated) return;
    }
    await (this.#making = this.#settled(this.#makeAnew()));
  }

  async #makeAnew(): Promise<Value> {
    try {
      let made: Made<Value>;
      do {
        made = await this.#make();
        await this.#swap(made);
      } while (this.#isOutdated);
      this.#isTold = false;
      return made.value;
    } catch (error) {
      this.#dueAt = Date.now() + TRY_AGAIN_MS;
      // Once, because it may go on for hours, with a try every few seconds.
      if (!this.#isTold) console.error(`[lamella] "${this.#options.name}" could not be made anew, and stays as it is:`, error);
      this.#isTold = true;
      throw error;
    }
  }

  async #swap(made: Made<Value>): Promise<void> {
    const before = this.#made;
    // Shut down meanwhile.
    if (before === undefined) return this.#retire(made);
    if (before.value === made.value || this.#options.isSame(before.value, made.value)) {
      this.#take(before);
      return before.value === made.value ? removeAlive(made.mortal) : this.#retire(made);
    }
    this.#take(made);
    this.#retire(before);
    await Promise.all([...this.#watchers].map((onChange) => onChange()));
  }

  /** Shuts down what is used no more, when those who may still use it have ended. */
  #retire({ mortal }: Made<Value>): void {
    afterRunning(() => {
      removeAlive(mortal);
      void shutDown(mortal.name, mortal.shutdown);
    });
  }

  /** Back to where it began: the environment ends, or a test. */
  #end(): void {
    this.#made = undefined;
    this.#dueAt = Infinity;
    this.#stopWatching();
  }

  #stopWatching(): void {
    for (const unwatch of this.#unwatch) unwatch();
    this.#unwatch = [];
  }
}
