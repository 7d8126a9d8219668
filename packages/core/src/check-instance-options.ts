import { mustBe } from "./must-be.ts";

/** What an option must be. */
export interface Expectation {
  /** In words, to stand after "must be ". */
  readonly expected: string;
  readonly fits: (value: never) => boolean;
}

/** What the options of a layer must be that may take an instance of the user's own. */
export interface InstanceRules<Name extends string> {
  // One entry an option, so that the compiler tells when one is missing.
  readonly expectations: Readonly<Record<Name, Expectation>>;
  /** What may stand beside `instance`. */
  readonly beside: readonly Name[];
}

/**
 * Checks the options of a layer that may take an instance of the user's own, which has its options already.
 *
 * @throws {TypeError} When an option is unknown, of the wrong kind, or may not stand beside another.
 */
export function checkInstanceOptions<Name extends string>(factory: string, options: object, rules: InstanceRules<Name>): void {
  const { expectations, beside } = rules;
  mustBe(typeof options === "object" && options !== null && !Array.isArray(options), `${factory}(options)`, "an object", options);
  const given = Object.entries(options).filter(([, value]) => value !== undefined) as [Name, never][];
  for (const [name, value] of given) {
    if (!Object.hasOwn(expectations, name))
      throw new TypeError(`${factory}() has no option ${name}. It takes ${Object.keys(expectations).join(", ")}.`);
    const { expected, fits } = expectations[name];
    mustBe(fits(value), `${factory}({ ${name} })`, expected, value);
  }
  const names = new Set<string>(given.map(([name]) => name));
  const rival = given.find(([name]) => name !== "instance" && !beside.includes(name))?.[0];
  if (names.has("instance") && rival !== undefined)
    throw new TypeError(`${factory}({ instance, ${rival} }) must not have both: set ${rival} where the instance is made`);
  if (names.has("service") && names.has("serviceName"))
    throw new TypeError(`${factory}({ service, serviceName }) must have only one of the two`);
}
