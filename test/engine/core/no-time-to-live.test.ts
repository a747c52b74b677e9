import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  bodies,
  type Cluster,
  createCluster,
  declare,
  lease,
  pause,
  publish,
  settle,
  tester,
} from "@/test/engine/core/cluster";
import { expectTrueCounts } from "@/test/engine/views/accounts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(2);
});
afterAll(() => cluster.close());

const broker = () => cluster.broker;
const other = () => cluster.nodes[1]?.broker ?? cluster.broker;
/** Enters a consumer, as a door does. */
const subscribe = (queue: string) =>
  cluster.nodes[0]?.context.doors.subscribe({ vhost: "/", queue, key: "one", exclusive: false, priority: 0 });
const atOnce = { deliveryMode: 2, expiration: "0" };

describe("a message that may live for 0 ms", () => {
  test("is delivered to a consumer that waits, on whichever node", async () => {
    const queue = await declare(broker(), "awaited");
    await subscribe(queue);
    for (const node of [broker(), other()]) {
      const waiting = lease(node, queue, { waitMs: 5000, countAs: "get" });
      await pause(1500);
      await publish(broker(), queue, "now", atOnce);
      const got = await waiting;
      expect(bodies(got)).toEqual(["now"]);
      expect(await settle(broker(), got, { kind: "ack" })).toEqual(["settled"]);
    }
  });

  test("expires when nobody waits, into the dead-letter exchange", async () => {
    const dead = await declare(broker(), "dead");
    const queue = await declare(broker(), "unawaited", {
      "x-message-ttl": 0,
      "x-dead-letter-exchange": "",
      "x-dead-letter-routing-key": dead,
    });
    await publish(broker(), queue, "a");
    expect(await lease(broker(), queue, { countAs: "get" })).toEqual([]);
    await publish(broker(), queue, "b");
    expect(bodies(await lease(broker(), dead, { waitMs: 5000 }))).toEqual(["a"]);
    expect(bodies(await lease(broker(), dead, { waitMs: 5000 }))).toEqual(["b"]);
    expect((await broker().getQueue(tester, "/", queue)).counts).toMatchObject({ ready: 0, unacknowledged: 0 });
    await expectTrueCounts(cluster);
  });

  test("many in a row reach a consumer that asks again and again", async () => {
    const queue = await declare(broker(), "stream");
    await subscribe(queue);
    const sent = Array.from({ length: 60 }, (_, n) => String(n));
    const got: string[] = [];
    let ended = false;
    const consuming = (async () => {
      const waitingSince = performance.now();
      const request = { waitMs: 300, waitingSince, autoAck: true };
      while (!ended) got.push(...bodies(await lease(broker(), queue, request)));
    })();
    await pause(1000);
    for (const body of sent) await publish(other(), queue, body, atOnce);
    await expect.poll(() => got.length).toBe(sent.length);
    ended = true;
    await consuming;
    expect(got).toEqual(sent);
  });
});
