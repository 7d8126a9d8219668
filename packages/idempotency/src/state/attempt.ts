import { lost, NotStorable } from "../data/encode.ts";
import { hashOf, isOf } from "../data/fingerprint.ts";
import { AlreadyInProgressError } from "../errors/already-in-progress-error.ts";
import { LeaseLostError } from "../errors/lease-lost-error.ts";
import { OutcomeNotStoredError } from "../errors/outcome-not-stored-error.ts";
import { PayloadMismatchError } from "../errors/payload-mismatch-error.ts";
import { StoreError } from "../errors/store-error.ts";
import { type Completion, type IdempotencyRecord, type Json, SKEW_MS } from "../store.ts";
import { pause } from "./pause.ts";
import type { Settings } from "./settings.ts";
import { tell } from "./tell.ts";
import { isManaged, ownerOf, type Work } from "./work.ts";

/** How much longer than the invocation a lease is, in milliseconds. */
const MARGIN_MS = 1_000;
/** How long an invocation takes at most, in milliseconds; so long work may go on after its timeout on Managed Instances. */
const LONGEST_MS = 900_000;
/** How often the most important write is tried, beside what the store tries by itself. */
const COMPLETE_TRIES = 3;

/** One attempt at one key: what it holds in the store. */
export class Attempt<T> {
  readonly work: Work<T>;
  readonly #settings: Settings;
  readonly #isManaged: boolean;
  readonly #owner: string | undefined;
  readonly #renewsUntil: number;
  /** Resolved at the end; those of this process that wait for it look at `record` and `busy` then. */
  readonly ended: Promise<void>;
  isEnded: boolean = false;
  /** What others may replay. */
  record: IdempotencyRecord | undefined;
  /** Of an attempt that came after another process's. */
  busy: AlreadyInProgressError | undefined;
  /** `Infinity` until the attempt has begun. */
  leaseUntil: number = Infinity;
  #token = "";
  #isLeft = false;
  #timer: NodeJS.Timeout | undefined;
  #resolve!: () => void;

  constructor(settings: Settings, work: Work<T>) {
    this.#settings = settings;
    this.work = work;
    // Once: to read the environment is slow.
    this.#isManaged = isManaged();
    this.#owner = this.#isManaged ? undefined : ownerOf(work.ctx);
    this.#renewsUntil = Date.now() + Math.max(this.#remainingMs(), this.#isManaged ? LONGEST_MS : 0);
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Whether the lease holds, as far as this process knows. */
  get isHeld(): boolean {
    return Date.now() < this.leaseUntil;
  }

  /**
   * Begins, and gives `undefined`; or gives the completed record that there is already.
   *
   * @throws {AlreadyInProgressError} When another attempt is in progress, and is not waited for.
   * @throws {PayloadMismatchError} When the record is of another payload.
   * @throws {StoreError} When the store fails.
   */
  async begin(): Promise<IdempotencyRecord | undefined> {
    const { waits } = this.#settings;
    let replaces: string | undefined;
    for (let poll = 0; ; ) {
      const standing = await this.#claim(replaces);
      if (standing === undefined) {
        if (await this.isFresh()) return undefined;
        replaces = undefined;
        continue;
      }
      const { payload } = this.work;
      if (payload !== undefined && standing.validation && !isOf(payload, standing.validation)) throw new PayloadMismatchError();
      if (standing.status === "completed") return standing;
      // The same delivery again, so whoever had it is dead: Lambda's timeout or a crash has ended it.
      const isDead = this.#owner !== undefined && standing.owner === this.#owner && !this.#settings.alive.has(standing.token ?? "");
      if (isDead && replaces === undefined) {
        replaces = standing.token;
        if (replaces !== undefined) continue;
      }
      replaces = undefined;
      const leaseMs = Math.max(1, (standing.leaseUntil ?? standing.expiresAt) + SKEW_MS + 1 - Date.now());
      if (!waits) throw (this.busy = new AlreadyInProgressError(leaseMs));
      await pause(Math.min(leaseMs, Math.min(1_000, 50 * 2 ** poll++) * (0.5 + Math.random() / 2)), this.work.ctx.signal);
    }
  }

  /** Makes sure that enough of the lease is left to start: a slow store may have used it up. */
  async isFresh(): Promise<boolean> {
    const { store, leaseMs } = this.#settings;
    const enoughMs = Math.min(leaseMs, this.#remainingMs()) / 2;
    while (this.leaseUntil - Date.now() < enoughMs && this.work.ctx.deadline.has(1)) {
      try {
        if (await this.#renew(this.#owner)) continue;
      } catch (error) {
        throw new StoreError(store.name, "renew", error);
      }
      this.leaseUntil = Infinity;
      return false;
    }
    return true;
  }

  /** Starts to renew the lease, where it is shorter than what the invocation may take. */
  keep(): void {
    if (this.isEnded || this.#isLeft || this.#settings.store.renews === false || this.leaseUntil >= this.#renewsUntil) return;
    // Sooner and sooner while it fails.
    const inMs = Math.max(Math.min(this.#settings.leaseMs, this.leaseUntil - Date.now()) / 3, 100);
    this.#timer = setTimeout(async () => {
      const isLost = await this.#renew(this.#owner).then(
        (isHeld) => !isHeld,
        () => false,
      );
      if (!isLost) this.keep();
    }, inMs);
    this.#timer.unref?.();
  }

  /** Leaves the work to itself, which was given up and goes on: the lease stays, and nobody takes it over before its end. */
  leave(): void {
    if (this.isEnded || this.#isManaged) return;
    this.#isLeft = true;
    clearTimeout(this.#timer);
    if (this.#owner !== undefined) this.#renew(undefined).catch(() => {});
  }

  /** Stores what came of the work. Never throws: the work is done, whatever becomes of the record. */
  async complete(value: T): Promise<void> {
    const isHeld = await this.#write(await this.#toData(value));
    if (isHeld === false) tell(this.work.ctx, "error", "A lease was lost", new LeaseLostError());
  }

  /** What a store is told when the work is done: for those who tell it in a transaction. */
  async toCompletion(value: T): Promise<Completion> {
    return this.#toCompletion(await this.#toData(value));
  }

  /** Says that a completion is known to be stored, so that others may replay it. */
  confirm({ token, expiresAt, data, validation }: Completion): void {
    this.record = { status: "completed", token, owner: undefined, leaseUntil: undefined, expiresAt, data, validation };
    this.#settings.cache?.set(this.work.id, this.record);
  }

  /** Looks whether the record is its own and completed. Where it has the record locked, it waits until that is over. */
  async isCompleted(): Promise<boolean> {
    if (await this.#renew(this.#owner)) return false;
    const now = Date.now();
    const claim = { ...this.#call(true), ...this.#times(now), now, owner: this.#owner, validation: undefined, replaces: undefined };
    const standing = await this.#settings.store.begin(claim);
    return standing?.token === this.#token && standing.status === "completed";
  }

  /** Lets the next attempt run. Never throws: what the work came to counts. */
  async release(): Promise<void> {
    const { store } = this.#settings;
    try {
      await store.release(this.#call(true));
    } catch (error) {
      tell(this.work.ctx, "warn", "A record could not be released, and ends with its lease", new StoreError(store.name, "release", error));
    }
  }

  end(record: IdempotencyRecord | undefined = this.record): void {
    clearTimeout(this.#timer);
    this.record = record;
    this.isEnded = true;
    this.#settings.alive.delete(this.#token);
    this.#resolve();
  }

  async #claim(replaces: string | undefined): Promise<IdempotencyRecord | undefined> {
    const { store, hash } = this.#settings;
    // A new one each time: an earlier write that is still on its way holds nothing.
    this.#settings.alive.delete(this.#token);
    this.#token = crypto.randomUUID();
    this.#settings.alive.add(this.#token);
    const { payload } = this.work;
    const validation = payload === undefined ? undefined : hashOf(payload, hash);
    const now = Date.now();
    const times = this.#times(now);
    let standing: IdempotencyRecord | undefined;
    try {
      standing = await store.begin({ ...this.#call(false), ...times, now, owner: this.#owner, validation, replaces });
    } catch (error) {
      throw new StoreError(store.name, "begin", error);
    }
    // Its own, when the first answer was lost.
    const isOwn = standing?.token === this.#token && standing.status === "in-progress";
    if (standing !== undefined && !isOwn) return standing;
    this.leaseUntil = times.leaseUntil;
    return undefined;
  }

  async #renew(owner: string | undefined): Promise<boolean> {
    const times = this.#times(Date.now(), this.leaseUntil);
    const isHeld = await this.#settings.store.renew({ ...this.#call(false), ...times, owner });
    if (isHeld) this.leaseUntil = times.leaseUntil;
    return isHeld;
  }

  /** The outcome as it is stored, or else a mark that says why it is not. */
  async #toData(value: T): Promise<Json | undefined> {
    const { maxBytes } = this.#settings.store;
    try {
      const data = await this.work.store(value);
      const bytes = maxBytes === undefined || data === undefined ? 0 : Buffer.byteLength(JSON.stringify(data));
      if (bytes > (maxBytes ?? 0)) throw new NotStorable(`it takes ${bytes} bytes, of ${maxBytes}`);
      return data;
    } catch (error) {
      const reason = error instanceof NotStorable ? error.message : "serialize threw";
      tell(this.work.ctx, "error", "An outcome could not be stored", new OutcomeNotStoredError(reason, { cause: error }));
      return lost(reason);
    }
  }

  #toCompletion(data: Json | undefined): Completion {
    const { payload } = this.work;
    const validation = payload === undefined ? undefined : hashOf(payload, this.#settings.hash);
    return { ...this.#call(true), expiresAt: Date.now() + this.#settings.expiresAfterMs, data, validation };
  }

  /** Whether the record was completed; `undefined` where the store did not answer. */
  async #write(data: Json | undefined): Promise<boolean | undefined> {
    const { store } = this.#settings;
    const { ctx } = this.work;
    let failure: unknown;
    for (let attempt = 1; attempt <= COMPLETE_TRIES + 1; attempt++) {
      // At last without the outcome, which may be what the store refuses: the record has to be closed.
      const completion = this.#toCompletion(attempt <= COMPLETE_TRIES ? data : lost("the store refused it"));
      try {
        const isHeld = await store.complete(completion);
        // Not before it is known to be stored: what others get must be what all will get.
        if (isHeld) this.confirm(completion);
        if (isHeld && attempt > COMPLETE_TRIES)
          tell(ctx, "error", "An outcome could not be stored", new StoreError(store.name, "complete", failure));
        return isHeld;
      } catch (error) {
        failure = error;
        // What is refused once is refused always.
        if ((error as { readonly retryable?: unknown } | undefined)?.retryable === false) attempt = Math.max(attempt, COMPLETE_TRIES);
        else if (attempt <= COMPLETE_TRIES) await pause(Math.random() * 50 * 2 ** attempt);
      }
    }
    tell(ctx, "error", "What was done could not be stored, so it may be done again", new StoreError(store.name, "complete", failure));
    return undefined;
  }

  #times(now: number, atLeast = 0): { readonly leaseUntil: number; readonly expiresAt: number } {
    const { leaseMs: shortMs, expiresAfterMs, store } = this.#settings;
    const leaseMs = store.renews === false ? LONGEST_MS : shortMs;
    const leaseUntil = Math.max(now + Math.min(leaseMs, this.#remainingMs() + MARGIN_MS), atLeast);
    // Others let a record go when it expires, whatever its lease says.
    return { leaseUntil, expiresAt: Math.max(now + expiresAfterMs, leaseUntil + 10_000) };
  }

  #call(isLast: boolean): { readonly id: string; readonly token: string; readonly withinMs: number } {
    // The last write is worth what is left, and a moment more: the work is done.
    const withinMs = Math.max(this.#remainingMs(), isLast ? 1_000 : 1);
    return { id: this.work.id, token: this.#token, withinMs };
  }

  #remainingMs(): number {
    return this.work.ctx.deadline.remainingMs();
  }
}
