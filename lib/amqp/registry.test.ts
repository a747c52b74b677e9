import { afterEach, expect, test } from "vitest";
import type { PresenceBoard, PresenceChanges } from "@/lib/broker/presence";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";

let server: TestServer;
afterEach(() => server.close());

/** A board that keeps what it is told as the database does, and fails when it is told to. */
class Board implements PresenceBoard {
  generation = 1;
  /** `before`: nothing is stored; `after`: all is stored, but the answer gets lost. */
  failing: "before" | "after" | null = null;
  reports = 0;
  readonly connections = new Map<string, { clientName: string | null }>();
  readonly consumers = new Map<string, { tag: string; active: boolean; held: number }>();

  async report(changes: PresenceChanges): Promise<void> {
    this.reports++;
    if (this.failing === "before") throw new Error("away");
    for (const kind of ["connections", "consumers"] as const) {
      for (const [key, report] of changes[kind].now) (this[kind] as Map<string, unknown>).set(key, report);
      for (const key of changes[kind].gone) this[kind].delete(key);
    }
    if (this.failing === "after") throw new Error("away");
  }

  onClose(): void {}

  listens(): void {}
}

async function start(): Promise<Board> {
  const board = new Board();
  server = await startAmqpServer({}, undefined, { presence: board });
  return board;
}

test("what a lost answer leaves in doubt is told again, or told to be gone", async () => {
  const board = await start();
  for (const failing of ["before", "after"] as const) {
    board.failing = failing;
    const before = board.reports;
    const connection = await server.connect();
    await expect.poll(() => board.reports).toBeGreaterThan(before);
    await connection.close();
    board.failing = null;
    await expect.poll(() => board.connections.size).toBe(0);
  }
});

test("everything is told again to a board that has lost it", async () => {
  const board = await start();
  const connection = await server.connect();
  await expect.poll(() => board.connections.size).toBe(1);
  board.connections.clear();
  board.generation++;
  await expect.poll(() => board.connections.size).toBe(1);
  await connection.close();
});

test("nothing is told while nothing happens", async () => {
  const board = await start();
  const connection = await server.connect();
  await expect.poll(() => board.connections.size).toBe(1);
  const toldMeanwhile = async () => {
    const before = board.reports;
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    return board.reports - before;
  };
  // Once the rates of the handshake have run out.
  await expect.poll(toldMeanwhile).toBe(0);
  await connection.close();
});

test("the next in line of a single active consumer is told to be the active one", async () => {
  const board = await start();
  const [one, two] = [await server.connect(), await server.connect()];
  const [first, second] = [await one.createChannel(), await two.createChannel()];
  await first.assertQueue("turns", { arguments: { "x-single-active-consumer": true } });
  await first.consume("turns", () => {}, { consumerTag: "first" });
  await second.consume("turns", () => {}, { consumerTag: "second" });
  const active = () => Object.fromEntries([...board.consumers.values()].map(({ tag, active }) => [tag, active]));
  await expect.poll(() => active()).toEqual({ first: true, second: false });
  await first.cancel("first");
  await expect.poll(() => active()).toEqual({ second: true });
  await Promise.all([one.close(), two.close()]);
});
