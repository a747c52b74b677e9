export type SampleQueue = {
  name: string;
  state: "running" | "idle" | "flow" | "down";
  type: string;
  features: readonly string[];
  ready: number | null;
  unacked: number | null;
  incoming: number | null;
  deliver: number | null;
  hint?: "growing" | "dead";
  trend: readonly number[];
};

const some: SampleQueue[] = [
  {
    name: "sms.outbound",
    state: "running",
    type: "classic",
    features: ["D", "TTL", "DLX"],
    ready: 9418,
    unacked: 0,
    incoming: 4.1,
    deliver: 0,
    hint: "growing",
    trend: wave(1, 3),
  },
  {
    name: "orders.payment",
    state: "running",
    type: "quorum",
    features: ["D", "DLX", "DLK"],
    ready: 1284,
    unacked: 5,
    incoming: 3.4,
    deliver: 1.3,
    hint: "growing",
    trend: wave(2, 2),
  },
  {
    name: "stock.reserve",
    state: "flow",
    type: "classic",
    features: ["D", "Lim", "Ovfl", "Pri"],
    ready: 977,
    unacked: 250,
    incoming: 412,
    deliver: 398,
    trend: wave(3, 0),
  },
  {
    name: "webhooks.partner",
    state: "running",
    type: "quorum",
    features: ["D", "DLX"],
    ready: 2,
    unacked: 4,
    incoming: 51,
    deliver: 51,
    hint: "dead",
    trend: wave(4, 0),
  },
  {
    name: "orders.enrich",
    state: "running",
    type: "classic",
    features: ["D"],
    ready: 0,
    unacked: 6,
    incoming: 96,
    deliver: 96,
    trend: wave(5, 0),
  },
  {
    name: "report.nightly",
    state: "idle",
    type: "classic",
    features: ["D", "AE"],
    ready: 0,
    unacked: 0,
    incoming: 0,
    deliver: 0,
    trend: wave(0, 0),
  },
  {
    name: "pos.sync",
    state: "down",
    type: "quorum",
    features: ["D"],
    ready: null,
    unacked: null,
    incoming: null,
    deliver: null,
    trend: [],
  },
  {
    name: "a.queue.with.a.name.that.is.longer.than.the.column.and.gives.way.last",
    state: "running",
    type: "quorum",
    features: ["D"],
    ready: 12,
    unacked: 1,
    incoming: 0.25,
    deliver: 0.25,
    hint: "growing",
    trend: wave(6, 1),
  },
  {
    name: "‮evil<script>alert(1)</script>",
    state: "running",
    type: "classic",
    features: [],
    ready: 3,
    unacked: 0,
    incoming: 0,
    deliver: 0,
    trend: wave(7, 0),
  },
];

function wave(seed: number, slope: number): number[] {
  return Array.from(
    { length: 30 },
    (_, at) => at * slope + (seed === 0 ? 0 : 4 + 3 * Math.sin(at * seed * 1.7) + 2 * Math.cos(at * seed)),
  );
}

/** Made-up queues, the first nine with every state and hint, the rest as many as asked for. */
export function sampleQueues(count: number): SampleQueue[] {
  const more = Array.from({ length: Math.max(0, count - some.length) }, (_, at): SampleQueue => {
    const like = some[at % 5] as SampleQueue;
    return { ...like, name: `tenant-${at}.${like.name}`, ready: (at * 7919) % 5000, hint: undefined as never };
  });
  return [...some, ...more].slice(0, count);
}
