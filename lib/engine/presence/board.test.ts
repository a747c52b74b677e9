import { expect, test } from "vitest";
import type { Database } from "@/lib/engine/database";
import { PostgresPresence } from "@/lib/engine/presence/board";

test("where a process listens is written last, however long it took to write that it doesn't yet", async () => {
  const written: unknown[] = [];
  const waiting: (() => void)[] = [];
  const query = async (_: unknown, [, listeners]: readonly unknown[]) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    written.push(JSON.parse(listeners as string));
    return [];
  };
  const presence = new PostgresPresence({ main: { query } } as unknown as Database);
  const finish = async (which: "shift" | "pop") => {
    await expect.poll(() => waiting.length).toBeGreaterThan(0);
    waiting[which]()?.();
  };
  presence.registered(1, false);
  await expect.poll(() => waiting.length).toBe(1);
  presence.listens([{ protocol: "amqp", address: "127.0.0.1", port: 5672, certificateUntil: null }]);
  // Where both are under way at once, the later one is done first.
  await finish("pop");
  await finish("shift");
  await expect.poll(() => written.length).toBe(2);
  expect(written).toEqual([[], [{ protocol: "amqp", address: "127.0.0.1", port: 5672, certificate_until: null }]]);
});
