import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A payment provider that charges whatever it is asked to, twice if it is asked twice. */
export interface Provider {
  readonly url: string;
  /** The orders that were charged, in their order. */
  readonly charged: readonly string[];
  /** Lets the next request wait; gives what tells that it is there, and lets it go on. */
  readonly holdNext: () => { readonly arrived: Promise<void>; readonly release: () => void };
  readonly stop: () => void;
}

export async function startProvider(): Promise<Provider> {
  const charged: string[] = [];
  let hold: ((request: IncomingMessage) => Promise<void>) | undefined;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { order, amount } = JSON.parse(await text(request)) as { readonly order: string; readonly amount: number };
    const wait = hold;
    hold = undefined;
    await wait?.(request);
    // Who hangs up before the charge is not charged.
    if (response.destroyed) return;
    charged.push(order);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ id: `receipt-${charged.length}`, order, amount }));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    charged,
    holdNext: () => {
      const arrival = Promise.withResolvers<void>();
      const go = Promise.withResolvers<void>();
      hold = async () => {
        arrival.resolve();
        await go.promise;
      };
      return { arrived: arrival.promise, release: go.resolve };
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
