import { expect, test } from "vitest";
import type { QueueDispatcher } from "@/lib/amqp/queue-dispatcher";
import { Standings } from "@/lib/amqp/standings";
import type { DoorCluster, Standing } from "@/lib/broker/door-cluster";

test("a consumer that comes, or is entered anew, while it is looked is not taken for forgotten", async () => {
  const forgotten: number[] = [];
  const consumer = (id: number) => ({ subscription: { id, queueId: 7 }, forgotten: () => forgotten.push(id) });
  const renewed = consumer(4);
  const consumers = [consumer(1), consumer(2), renewed];
  let stood = false;
  const stand = () => {
    stood = true;
    return false;
  };
  const dispatcher = { consumers, dependsOnOthers: false, stand };
  let changed: (queues: number[]) => void = () => {};
  let answer: ((standings: Map<number, Standing>) => void) | undefined;
  const cluster = {
    onChange: (listener: typeof changed) => {
      changed = listener;
    },
    standings: () =>
      new Promise<Map<number, Standing>>((resolve) => {
        answer = resolve;
      }),
  };
  const standings = new Standings(cluster as unknown as DoorCluster, { error: () => {} }, () => {});
  standings.follow(7, dispatcher as unknown as QueueDispatcher);
  changed([7]);
  await expect.poll(() => answer).toBeDefined();
  consumers.push(consumer(3));
  renewed.subscription = { id: 5, queueId: 7 };
  answer?.(new Map([[7, { active: 1, own: [1], elsewhere: null, mixed: false }]]));
  await expect.poll(() => stood).toBe(true);
  expect(forgotten).toEqual([2]);
  standings.close();
});
