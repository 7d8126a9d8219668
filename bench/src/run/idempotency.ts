import { BasePersistenceLayer } from "@aws-lambda-powertools/idempotency/persistence";
import type { IdempotencyStore } from "@lamella/idempotency";
import { context } from "./fixtures.ts";
import { type Case, emptyTurns, type Group, nextTurn } from "./group.ts";

interface Charge {
  readonly id: string;
  readonly amount: number;
}
type Function = (event: Charge) => Promise<string>;

// The work, the same function for all.
const charge: Function = async ({ id, amount }) => `${id} ${amount}`;

const store: IdempotencyStore = {
  name: "nothing",
  begin: async () => undefined,
  renew: async () => true,
  complete: async () => true,
  release: async () => {},
};

class Nothing extends BasePersistenceLayer {
  protected async _putRecord(): Promise<void> {}
  protected async _updateRecord(): Promise<void> {}
  protected async _deleteRecord(): Promise<void> {}
  protected _getRecord(): Promise<never> {
    throw new Error("No record is there to be got.");
  }
}

function toCase(name: string, toFunction: () => Promise<Function>): Case {
  return {
    name,
    open: async () => {
      const lambda = await toFunction();
      let calls = 0;
      return {
        fresh: async (times) => {
          for (let turn = 0; turn < times; turn++) {
            const id = `charge-${calls++}`;
            await nextTurn();
            const said = await lambda({ id, amount: 5 });
            if (said !== `${id} 5`) throw new Error(`The charge is ${said}.`);
          }
        },
      };
    },
  };
}

export const group: Group = {
  name: "idempotency",
  title: "What idempotency costs on a store that does nothing",
  baseline: "Powertools makeIdempotent",
  compares: "times",
  warmUpMs: 400,
  workloads: [{ name: "fresh", title: "a new key each time", empty: emptyTurns }],
  cases: [
    toCase("Powertools makeIdempotent", async () => {
      const { IdempotencyConfig, makeIdempotent } = await import("@aws-lambda-powertools/idempotency");
      const config = new IdempotencyConfig({ eventKeyJmesPath: "id" });
      const once = makeIdempotent(charge, { persistenceStore: new Nothing(), config });
      return (event) => {
        // As its own middleware does for each invocation.
        config.registerLambdaContext(context);
        return once(event);
      };
    }),
    toCase("lamella", async () => {
      const { direct, wrap } = await import("@lamella/core");
      const { idempotency } = await import("@lamella/idempotency");
      const handler = wrap(direct<Charge, string>(), idempotency({ store, key: ({ id }) => id }), charge);
      return (event) => handler(event, context);
    }),
    toCase("lamella, without idempotency", async () => {
      const { direct, wrap } = await import("@lamella/core");
      const handler = wrap(direct<Charge, string>(), charge);
      return (event) => handler(event, context);
    }),
    toCase("bare", async () => charge),
  ],
};
