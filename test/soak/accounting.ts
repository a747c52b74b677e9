import { pause } from "@/test/soak/faults";
import { call, deadQueue, insist, type SoakWorld, workQueues } from "@/test/soak/world";

const vhost = "%2F";

interface QueueJson {
  readonly name: string;
  readonly messages_ready: number;
  readonly messages_unacknowledged: number;
  readonly messages_delayed: number;
}

interface PageJson {
  readonly items: readonly { readonly state: string; readonly payload: string }[];
  readonly next: string | null;
}

function web(world: SoakWorld) {
  const [node] = world.cluster.nodesOf("web");
  if (!node) throw new Error("a soak has a web node");
  return node;
}

/** Waits until the queues that are consumed from are empty; gives up when nothing has got fewer for so many seconds. */
export async function untilConsumed(world: SoakWorld, seconds: number): Promise<void> {
  const names: readonly string[] = [...workQueues, ...world.lanes.map(({ queue }) => queue)];
  let fewest = Number.POSITIVE_INFINITY;
  let since = Date.now();
  for (;;) {
    const queues = await insist(() => call<readonly QueueJson[]>(web(world), "GET", `queues/${vhost}`));
    const left = queues.filter(({ name }) => names.includes(name)).map((queue) => ({ queue, count: all(queue) }));
    const total = left.reduce((sum, { count }) => sum + count, 0);
    if (total === 0) return;
    if (total < fewest) {
      fewest = total;
      since = Date.now();
    }
    if (Date.now() - since > seconds * 1000) {
      const text = left.map(({ queue, count }) => `${count} in ${queue.name}`).join(", ");
      return world.ledger.violation(`for ${seconds} s without faults there have been ${text}`);
    }
    await pause(300);
  }
}

/** Compares the counts that are shown with a count of what lies there, and takes everything that is left. */
export async function takeStock(world: SoakWorld): Promise<void> {
  for (const work of workQueues) {
    for (const queue of [work, deadQueue(work)]) {
      const shown = await insist(() => call<QueueJson>(web(world), "GET", `queues/${vhost}/${queue}`));
      const counted = await countMessages(world, queue);
      const depth = {
        ready: shown.messages_ready,
        unacked: shown.messages_unacknowledged,
        delayed: shown.messages_delayed,
      };
      if (JSON.stringify(depth) !== JSON.stringify(counted)) {
        world.ledger.violation(`${queue} shows ${JSON.stringify(depth)}, but there are ${JSON.stringify(counted)}`);
      }
      await takeAll(world, queue, (payload) => world.ledger.found(`${work}/${payload}`, `in ${queue}`));
    }
  }
  for (const lane of world.lanes) for (const text of lane.violations()) world.ledger.violation(text);
  for (const lane of world.lanes) {
    for (const number of lane.missing())
      world.ledger.violation(`${lane.queue}: ${number} was confirmed, and never came`);
  }
  world.ledger.close();
}

async function countMessages(world: SoakWorld, queue: string) {
  const counts = { ready: 0, unacked: 0, delayed: 0 };
  let cursor: string | null = null;
  do {
    const from: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: PageJson = await insist(() =>
      call<PageJson>(web(world), "GET", `queues/${vhost}/${queue}/messages?limit=500&body_limit=0${from}`),
    );
    for (const { state } of page.items) {
      if (state === "unacked") counts.unacked++;
      else if (state === "delayed") counts.delayed++;
      else counts.ready++;
    }
    cursor = page.next;
  } while (cursor !== null);
  return counts;
}

/** Nothing is killed any more, so what is taken is acknowledged at once. */
async function takeAll(world: SoakWorld, queue: string, found: (payload: string) => void): Promise<void> {
  for (;;) {
    const taking = { count: 1000, ack: "auto" };
    const { messages } = await call<{ messages: readonly { payload: string }[] }>(
      web(world),
      "POST",
      `queues/${vhost}/${queue}/leases`,
      taking,
    );
    for (const { payload } of messages) found(payload);
    if (messages.length === 0) return;
  }
}

function all(queue: QueueJson): number {
  return queue.messages_ready + queue.messages_unacknowledged + queue.messages_delayed;
}
