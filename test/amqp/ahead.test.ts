import type { ConfirmChannel, ConsumeMessage } from "amqplib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Nodes, numbers } from "@/test/support/amqp/nodes";

/** What a node has taken for its consumers before they have credit for it, on its way back to the queue. */
let nodes: Nodes;
/** Lets what is on its way back arrive. */
let open: () => void;
beforeEach(async () => {
  nodes = await Nodes.start(1);
});
afterEach(async () => {
  open();
  await nodes.close();
});

const count = 2000;

/**
 * From now on what was taken ahead stays on its way back until `open` is called; so does what consumers held, if that is asked
 * for. Resolves when something that was taken ahead is on its way.
 */
function holdUpTheWayBack(heldToo: boolean): Promise<void> {
  const { broker } = nodes;
  const settle = broker.settle.bind(broker);
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  vi.spyOn(broker, "settle").mockImplementation(async (actor, settlements, options) => {
    const isUndelivered = settlements.some(({ outcome }) => outcome.kind === "requeue" && outcome.undelivered);
    if (isUndelivered) begin();
    if (isUndelivered || (heldToo && settlements.some(({ outcome }) => outcome.kind === "requeue"))) await opened;
    return settle(actor, settlements, options);
  });
  return begun;
}

/** A queue with numbers in it. */
async function filled(): Promise<void> {
  const channel = await nodes.open();
  await channel.assertQueue("q");
  for (const number of numbers(count)) channel.sendToQueue("q", Buffer.from(number));
  await channel.waitForConfirms();
}

/** Takes as fast as it can, and acknowledges what `keeps` is false for. Returns what came. */
async function take(channel: ConfirmChannel, keeps: (message: ConsumeMessage, index: number) => boolean) {
  const seen: number[] = [];
  await channel.prefetch(10);
  await channel.consume("q", (message) => {
    if (message === null) return;
    seen.push(Number(message.content));
    if (!keeps(message, seen.length)) channel.ack(message);
  });
  return seen;
}

test("nothing passes it when the consumer gives something back", async () => {
  await filled();
  const begun = holdUpTheWayBack(true);
  const nearlyAll = count - 13;
  const consuming = await nodes.open();
  const seen = await take(consuming, (message, index) => {
    if (index !== nearlyAll || message.fields.redelivered) return false;
    consuming.nack(message);
    return true;
  });
  await begun;
  const channel = await nodes.open();
  for (const number of ["2000", "2001"]) channel.sendToQueue("q", Buffer.from(number));
  await channel.waitForConfirms();
  await new Promise((resolve) => setTimeout(resolve, 300));
  open();
  await expect.poll(() => seen.length).toBe(count + 3);
  expect([...new Set(seen)]).toEqual(numbers(count + 2).map(Number));
});

test("nothing passes it when the consumer is gone and another one comes", async () => {
  await filled();
  const begun = holdUpTheWayBack(false);
  const lost = await nodes.node(0).server.connect();
  const kept = 500;
  await take(await lost.createConfirmChannel(), (_message, index) => {
    if (index === kept) (lost.connection as unknown as { stream: { destroy(): void } }).stream.destroy();
    return index >= kept;
  });
  await begun;
  const seen = await take(await nodes.open(), () => false);
  await new Promise((resolve) => setTimeout(resolve, 300));
  open();
  await expect.poll(() => seen.length).toBeGreaterThanOrEqual(count - kept);
  const first = Math.min(...seen);
  await expect.poll(() => seen.length).toBe(count - first);
  expect(first).toBeLessThan(kept);
  expect(seen).toEqual(numbers(count).map(Number).slice(first));
});
