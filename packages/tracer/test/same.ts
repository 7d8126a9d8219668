type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles if the two types are the same, and shows both where they are not. */
export declare function same<A, B>(...proof: Same<A, B> extends true ? [] : [expected: B, got: A]): void;
