import { expect, test } from "vitest";
import { createCluster, tester } from "@/test/engine/core/cluster";

const range = { ageMs: 60_000, incrementMs: 5_000 };

test("the overview lists where the nodes that run take connections, and no others", async () => {
  const cluster = await createCluster(2);
  try {
    const [first, second] = cluster.nodes;
    const listeners = async () => (await cluster.broker.overview(tester, range)).listeners;
    const [amqp, tls] = [
      { protocol: "amqp", address: "127.0.0.1", port: 5672, certificateUntil: null },
      { protocol: "amqp/ssl", address: "::", port: 5671, certificateUntil: new Date("2027-01-02T03:04:05Z") },
    ] as const;
    first?.context.presence.listens([amqp, tls]);
    second?.context.presence.listens([amqp]);
    const both = [
      { node: "node 0", ...amqp },
      { node: "node 0", ...tls },
      { node: "node 1", ...amqp },
    ];
    await expect.poll(async () => new Set(await listeners())).toEqual(new Set(both));
    first?.context.presence.listens([tls]);
    await expect.poll(async () => new Set(await listeners())).toEqual(new Set(both.slice(1)));
    const renewed = { ...tls, certificateUntil: new Date("2028-01-02T03:04:05Z") };
    first?.context.presence.listens([renewed]);
    await expect.poll(listeners).toContainEqual({ node: "node 0", ...renewed });
    // It is given up, and comes back under another number.
    await cluster.sql("UPDATE warren.node SET gone_at = now() WHERE name = 'node 1'");
    await expect.poll(listeners).toHaveLength(1);
    await expect.poll(listeners).toHaveLength(2);
  } finally {
    await cluster.close();
  }
});
