import type { NodeFacts } from "@/lib/broker/node-facts";
import type { NodeStatus } from "@/lib/broker/topology";

/** A process of Warren's, or its database, as RabbitMQ's API gives nodes. */
export function nodeJson(node: NodeStatus) {
  return {
    name: node.name,
    type: "disc",
    kind: node.kind,
    running: node.running,
    version: node.version,
    uptime: node.running ? Math.max(0, Date.now() - node.startedAt.getTime()) : 0,
    mem_alarm: false,
    disk_free_alarm: false,
    partitions: [],
    ...(node.running && node.facts !== null && processJson(node.facts)),
    started_at: node.startedAt.toISOString(),
    last_seen_at: node.lastSeenAt.toISOString(),
  };
}
/** What a process tells of itself, by RabbitMQ's names. */
function processJson({ pid, processors, memory, files }: NodeFacts) {
  return {
    os_pid: String(pid),
    processors,
    mem_used: memory.resident,
    mem_limit: memory.limit,
    ...(files !== null && { fd_used: files.open, fd_total: files.limit }),
  };
}
export type NodeJson = ReturnType<typeof nodeJson>;

/**
 * The memory of a process in RabbitMQ's parts. Of what there is only in Erlang there is nothing here; JavaScript's values
 * count as `other_proc`, and what is neither values nor buffers as `other_system`.
 */
export function nodeMemoryJson({ running, facts }: NodeStatus) {
  if (!running || facts === null) return "not_available";
  const { resident, heapUsed, heapTotal, external } = facts.memory;
  const allocated = heapTotal + external;
  return {
    ...Object.fromEntries(erlangsOwn.map((part) => [part, 0])),
    other_proc: heapUsed,
    binary: external,
    other_system: Math.max(0, resident - allocated),
    allocated_unused: heapTotal - heapUsed,
    reserved_unallocated: 0,
    strategy: "rss",
    total: { erlang: heapUsed + external, rss: resident, allocated },
  };
}

/** Parts that clients expect to find (rabbitmq.com/docs/memory-use). */
const erlangsOwn = [
  ...["connection_readers", "connection_writers", "connection_channels", "connection_other"],
  ...["queue_procs", "queue_slave_procs", "quorum_queue_procs", "quorum_queue_dlx_procs", "stream_queue_procs"],
  ...["stream_queue_replica_reader_procs", "stream_queue_coordinator_procs", "plugins", "metrics", "mgmt_db", "mnesia"],
  ...["metadata_store", "metadata_store_ets", "quorum_ets", "other_ets", "msg_index", "code", "atom"],
];
