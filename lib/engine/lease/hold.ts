import type { Actor } from "@/lib/broker/actor";

/** How somebody who holds messages is shown. */
export function holderOf(actor: Actor): string {
  return actor.address === null ? actor.user : `${actor.user} @ ${actor.address}`;
}

/** Under which name the broker itself holds messages for the moment between taking them out and burying them. */
export const brokerHolder = "broker";

/** The same for what is to be judged, by the reason: if the node dies, the next one still knows it. */
export const judgeHolders = { timeout: "broker (timeout)", consumer_lost: "broker (consumer lost)" } as const;

export function isBrokerHolder(holder: string): boolean {
  return holder === brokerHolder || Object.values<string>(judgeHolders).includes(holder);
}

/** If the node dies in that moment, they come back after so long, in ms. */
export const brokerHoldMs = 30_000;
