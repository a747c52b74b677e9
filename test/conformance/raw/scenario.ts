import type { RawPeer } from "@/test/conformance/raw/raw-peer";

/** What a scenario works with: connections to one of the two brokers, ended after it. */
export interface Bench {
  readonly port: number;
  peer(): RawPeer;
}

/** Returns what was seen, to be compared. */
export type RawScenario = (bench: Bench) => Promise<unknown>;

/** Returns the channel that the question after it is asked on, when that isn't channel 1. */
export type Act = (peer: RawPeer) => unknown;

/** Each act on a connection of its own with channel 1 open, and what comes of it. */
export function acts(each: Readonly<Record<string, Act>>): RawScenario {
  return async (bench) => {
    const seen = Object.entries(each).map(async ([name, act]) => {
      const peer = bench.peer();
      await peer.ready();
      const channel = await act(peer);
      return [name, await peer.answers(typeof channel === "number" ? channel : 1)] as const;
    });
    return Object.fromEntries(await Promise.all(seen));
  };
}

export const text = Buffer.from("text");
