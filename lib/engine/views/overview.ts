import type { OverviewScope, StatsRange } from "@/lib/broker/broker";
import type { Listener } from "@/lib/broker/presence";
import type { NodeStatus, Overview } from "@/lib/broker/topology";
import type { EngineContext } from "@/lib/engine/context";
import { listenerList } from "@/lib/engine/sql/listener";
import { type NodeRow, nodeList, overviewGet, vhostSampleList } from "@/lib/engine/sql/overview";
import { noRates, ratesBetween, totalsOf } from "@/lib/engine/views/rates";
import { seriesOf } from "@/lib/engine/views/series";

/** Everything at a glance, of the whole broker or of some vhosts. `not-found` for an unknown vhost. */
export async function overview(context: EngineContext, range: StatsRange, scope?: OverviewScope): Promise<Overview> {
  const db = context.database.main;
  const vhostIds = scope === undefined ? null : await idsOf(context, scope.vhosts);
  const [row, samples, nodes, listeners] = await Promise.all([
    overviewGet(db, vhostIds, scope?.user ?? null),
    vhostSampleList(db, vhostIds, range.ageMs + range.incrementMs),
    nodeList(db),
    listenerList(db),
  ]);
  const totals = totalsOf(row);
  return {
    counts: {
      ready: row.ready,
      unacknowledged: row.unacked,
      delayed: row.delayed,
      readyBytes: row.ready_bytes,
      unacknowledgedBytes: row.unacked_bytes,
    },
    totals,
    rates: row.base && row.elapsed !== null ? ratesBetween(totalsOf(row.base), totals, row.elapsed) : noRates,
    objects: {
      queues: row.queues,
      exchanges: row.exchanges,
      bindings: row.bindings,
      connections: row.connections,
      channels: row.channels,
      consumers: row.consumers,
      vhosts: row.vhosts,
    },
    deadLetters: row.dead,
    nodes: nodes.map(nodeOf),
    listeners: listeners.map(({ certificate_until, ...listener }) => ({
      ...listener,
      protocol: listener.protocol as Listener["protocol"],
      certificateUntil: certificate_until,
    })),
    samples: seriesOf(samples, { ...row, at: row.now }, range, row.now),
  };
}

async function idsOf(context: EngineContext, names: readonly string[]): Promise<number[]> {
  const topology = await context.topology.fresh();
  return names.map((name) => topology.vhost(name).vhost.id);
}

function nodeOf(row: NodeRow): NodeStatus {
  return {
    name: row.name,
    kind: row.kind,
    running: row.running,
    version: row.version,
    startedAt: row.started_at,
    lastSeenAt: row.last_seen_at,
    facts: row.facts,
  };
}
