import type { SoakCluster, SoakNode } from "@/test/soak/cluster";
import { pause } from "@/test/soak/faults";
import type { Lane } from "@/test/soak/lane";
import type { Ledger } from "@/test/soak/ledger";

/** The fanout exchange that everything but the lanes goes through, and its queues. */
export const exchange = "soak.in";
export const workQueues = ["soak.left", "soak.right"] as const;
export const deadQueue = (queue: string) => `${queue}.dead`;

/** What the clients work with. */
export interface SoakWorld {
  readonly cluster: SoakCluster;
  readonly ledger: Ledger;
  readonly lanes: readonly Lane[];
  readonly random: () => number;
  /** Publishers end; */
  readonly publishing: AbortSignal;
  /** and then, when nothing is left, the consumers. */
  readonly consuming: AbortSignal;
}

/** The names of a message's copies, one for each queue. */
export function copiesOf(body: string): string[] {
  return workQueues.map((queue) => `${queue}/${body}`);
}

/** Calls a node's API as guest. Throws when there is no answer, or one that is no success. */
export async function call<T>(node: SoakNode, method: string, address: string, body?: unknown): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${node.port}/api/${address}`, {
    method,
    headers: { authorization: `Basic ${btoa("guest:guest")}`, "content-type": "application/json" },
    signal: AbortSignal.timeout(30_000),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${text}`);
  return (text === "" ? null : JSON.parse(text)) as T;
}

/** Does something again and again until it succeeds, for at most two minutes. */
export async function insist<T>(act: () => Promise<T>): Promise<T> {
  const end = Date.now() + 120_000;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (Date.now() > end) throw error;
      await pause(200);
    }
  }
}

/** One of them, at random. */
export function oneOf<T>(world: Pick<SoakWorld, "random">, things: readonly T[]): T {
  return things[Math.floor(world.random() * things.length)] as T;
}
