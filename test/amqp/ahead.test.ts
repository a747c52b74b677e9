import type { ConfirmChannel, ConsumeMessage } from "amqplib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Nodes, numbers } from "@/test/support/amqp/nodes";

/** What a node has taken for its consumers before they have credit for it, on its way back to the queue. */
let nodes: Nodes;
/** Lets what is on its way back arrive. */
let open = () => {};
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
  let isBegun = false;
  const begun = new Promise<void>((resolve) => {
    begin = () => {
      isBegun = true;
      resolve();
    };
  });
  vi.spyOn(broker, "settle").mockImplementation(async (actor, settlements, options) => {
    const isUndelivered = settlements.some(({ outcome }) => outcome.kind === "requeue" && outcome.undelivered);
    if (isUndelivered) begin();
    const isHeld = heldToo && isBegun && settlements.some(({ outcome }) => outcome.kind === "requeue");
    if (isUndelivered || isHeld) await opened;
    return settle(actor, settlements, options);
  });
  return begun;
}

/** Puts so many numbers into the queue, from the first one on. */
async function fill(first: number, howMany: number): Promise<void> {
  const channel = await nodes.open();
  await channel.assertQueue("q");
  for (const number of numbers(first + howMany).slice(first)) channel.sendToQueue("q", Buffer.from(number));
  await channel.waitForConfirms();
}

/** Whether it resolves soon. On a slow machine nothing is taken ahead, and it is tried again. */
function isSoon(begun: Promise<void>): Promise<boolean> {
  return Promise.race([begun.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, 1000, false))]);
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
  const begun = holdUpTheWayBack(true);
  const consuming = await nodes.open();
  await consuming.assertQueue("q");
  let nearlyAll = count - 13;
  let nacked = 0;
  const seen = await take(consuming, (message) => {
    if (Number(message.content) !== nearlyAll || message.fields.redelivered) return false;
    consuming.nack(message);
    nacked++;
    return true;
  });
  await fill(0, count);
  while (!(await isSoon(begun))) {
    nearlyAll += count;
    await fill(nearlyAll - count + 13, count);
  }
  const all = nearlyAll + 13 + 2;
  await fill(all - 2, 2);
  await new Promise((resolve) => setTimeout(resolve, 300));
  open();
  await expect.poll(() => seen.length - nacked).toBe(all);
  expect([...new Set(seen)]).toEqual(numbers(all).map(Number));
});

test("nothing passes it when the consumer is gone and another one comes", async () => {
  await fill(0, count);
  const begun = holdUpTheWayBack(false);
  let last = 0;
  do {
    const lost = await nodes.node(0).server.connect();
    const { stream } = lost.connection as unknown as { stream: { destroy(): void } };
    await take(await lost.createConfirmChannel(), (message, index) => {
      last = Math.max(last, Number(message.content));
      if (index === 300) stream.destroy();
      return index >= 300;
    });
  } while (!(await isSoon(begun)));
  const seen = await take(await nodes.open(), () => false);
  await new Promise((resolve) => setTimeout(resolve, 300));
  open();
  await expect.poll(() => seen.length + Math.min(...seen)).toBe(count);
  expect(Math.min(...seen)).toBeLessThanOrEqual(last + 1);
  expect(seen).toEqual(
    numbers(count)
      .map(Number)
      .slice(Math.min(...seen)),
  );
});
