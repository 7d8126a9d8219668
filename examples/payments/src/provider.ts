import { type Charge, Receipt } from "./charge.ts";

/** Charges a card: the effect that must happen once. */
export async function charge({ order, amount }: Charge, key: string, signal: AbortSignal): Promise<Receipt> {
  const response = await fetch(`${process.env["PROVIDER_URL"]}/charges`, {
    method: "POST",
    // Handed on, so that a provider which knows keys closes the last gap: a process that dies after the charge.
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify({ order, amount }),
    signal,
  });
  if (!response.ok) throw new Error(`The payment provider answered ${response.status}`);
  return Receipt.parse(await response.json());
}
