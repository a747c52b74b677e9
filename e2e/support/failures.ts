import type { APIRequestContext } from "@playwright/test";
import { expect, makeQueue, publishTo } from "./fixtures";

/** Why a message failed, as a worker tells it. */
export interface TestError {
  readonly type: string;
  readonly message: string;
}

/** A queue `work` whose rejected messages go to `dead`. */
export async function makeWork(api: APIRequestContext, vhost: string): Promise<void> {
  await makeQueue(api, vhost, "dead");
  await makeQueue(api, vhost, "work", { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead" });
}

/** Publishes orders with the ids `from` to `from + count - 1` to `work`. */
export async function publishOrders(api: APIRequestContext, vhost: string, count: number, from = 0): Promise<void> {
  for (let id = from; id < from + count; id++) await publishTo(api, vhost, "work", JSON.stringify({ order: { id } }));
}

/**
 * A worker that takes what lies in `queue` and settles each: rejects it where `judge` gives an error, else acknowledges.
 * @returns the bodies that it handled, in order
 */
export async function work(
  api: APIRequestContext,
  vhost: string,
  judge: (body: string, index: number) => TestError | null,
  { queue = "work", count = 500, waitMs = 2000 } = {},
): Promise<string[]> {
  const taken = await api.post(`/api/queues/${vhost}/${queue}/leases`, { data: { count, wait_ms: waitMs } });
  expect(taken.ok()).toBe(true);
  const { messages } = (await taken.json()) as { messages: { receipt: string; payload: string }[] };
  if (messages.length === 0) return [];
  const settlements = messages.map(({ receipt, payload }, index) => {
    const error = judge(payload, index);
    return error === null
      ? { receipt, outcome: "ack" }
      : { receipt, outcome: "reject", error: { ...error, stack: "at work (worker.js:8:1)" } };
  });
  expect((await api.post("/api/leases/settle", { data: { settlements } })).ok()).toBe(true);
  return messages.map(({ payload }) => payload);
}

/** A worker that goes on until it is stopped; `judge` may be changed meanwhile. */
export function keepWorking(
  api: APIRequestContext,
  vhost: string,
  judge: { current: (body: string) => TestError | null },
): { readonly handled: string[]; readonly stop: () => Promise<void> } {
  const handled: string[] = [];
  let going = true;
  const done = (async () => {
    while (going) handled.push(...(await work(api, vhost, (body) => judge.current(body), { waitMs: 300 })));
  })();
  return {
    handled,
    stop: async () => {
      going = false;
      await done;
    },
  };
}
