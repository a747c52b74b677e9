import { CircleAlert, MailX, TrendingUp, Unplug } from "lucide-react";
import { policyColumn } from "@/components/policies/policy-column";
import { isGrowing } from "@/components/queues/attention";
import { queueHref } from "@/components/queues/links";
import { Features } from "@/components/queues/queue-features";
import type { Column, Sort } from "@/components/ui/data-table/columns";
import { NameCell, RowHint } from "@/components/ui/data-table/name-cell";
import { CountCell, RateCell } from "@/components/ui/data-table/number-cells";
import { Sparkline } from "@/components/ui/sparkline";
import { StateGlyph } from "@/components/ui/state-glyph";
import { NameText } from "@/components/ui/visible-text";
import type { Queue, QueueOrder } from "@/lib/api-client/queues";
import { rateOf } from "@/lib/api-client/rabbitmq-json";
import { formatBytes, formatCount } from "@/lib/format/numbers";

/** The columns of the list of queues, in RabbitMQ's words and order. */
export const queueColumns: readonly Column<Queue>[] = [
  {
    id: "name",
    label: "Name",
    group: "Overview",
    width: 180,
    grow: true,
    fixed: true,
    sortBy: (queue) => queue.name,
    cell: (queue) => (
      <NameCell name={queue.name} href={queueHref(queue.vhost, queue.name)} hint={<Hint queue={queue} />} />
    ),
  },
  {
    id: "vhost",
    label: "Virtual host",
    group: "Overview",
    width: 112,
    hidden: true,
    sortBy: (queue) => queue.vhost,
    cell: (queue) => (
      <span className="mono clip-text text-ink-2">
        <NameText text={queue.vhost} />
      </span>
    ),
  },
  {
    id: "type",
    label: "Type",
    group: "Overview",
    width: 64,
    sortBy: (queue) => queue.type,
    cell: (queue) => <span className="text-ink-2">{queue.type}</span>,
  },
  {
    id: "features",
    label: "Features",
    group: "Overview",
    width: 128,
    cell: (queue) => <Features of={queue} />,
  },
  policyColumn,
  {
    id: "state",
    label: "State",
    group: "Overview",
    width: 84,
    sortBy: (queue) => queue.state,
    cell: (queue) => <StateGlyph state={queue.state} />,
  },
  {
    id: "ready",
    label: "Ready",
    group: "Messages",
    width: 74,
    align: "end",
    phone: true,
    sortBy: (queue) => queue.messages_ready,
    sortFirst: "desc",
    cell: (queue) => <CountCell value={queue.messages_ready} />,
  },
  {
    id: "unacked",
    label: "Unacked",
    description: "In consumers' hands, not acknowledged yet",
    group: "Messages",
    width: 72,
    align: "end",
    sortBy: (queue) => queue.messages_unacknowledged,
    sortFirst: "desc",
    cell: (queue) => <CountCell value={queue.messages_unacknowledged} />,
  },
  {
    id: "delayed",
    label: "Delayed",
    description: "Waiting for a time to come",
    group: "Messages",
    width: 72,
    align: "end",
    hidden: true,
    sortBy: (queue) => queue.messages_delayed,
    sortFirst: "desc",
    cell: (queue) => <CountCell value={queue.messages_delayed} />,
  },
  {
    id: "total",
    label: "Total",
    group: "Messages",
    width: 70,
    align: "end",
    sortBy: (queue) => queue.messages,
    sortFirst: "desc",
    cell: (queue) => <CountCell value={queue.messages} strong />,
  },
  {
    id: "dead",
    label: "Dead",
    description: "Dead letters that lie in this queue",
    group: "Messages",
    width: 64,
    align: "end",
    hidden: true,
    sortBy: (queue) => queue.dead_letters,
    sortFirst: "desc",
    cell: (queue) => <CountCell value={queue.dead_letters} />,
  },
  {
    id: "bytes",
    label: "Ready bytes",
    group: "Messages",
    width: 90,
    align: "end",
    hidden: true,
    sortBy: (queue) => queue.message_bytes_ready,
    sortFirst: "desc",
    cell: (queue) => (
      <span className={queue.message_bytes_ready === 0 ? "text-ink-3" : undefined}>
        {formatBytes(queue.message_bytes_ready)}
      </span>
    ),
  },
  {
    id: "trend",
    label: "10 min",
    description: "Ready messages over the last ten minutes",
    group: "Messages",
    width: 88,
    cell: (queue) => (
      <Sparkline
        values={queue.trend ?? []}
        tone={isGrowing(queue) ? "warn" : "ink"}
        label={isGrowing(queue) ? "Ready messages: growing" : "Ready messages of the last ten minutes"}
      />
    ),
  },
  {
    id: "consumers",
    label: "Consumers",
    group: "Messages",
    width: 84,
    align: "end",
    hidden: true,
    sortBy: (queue) => queue.consumers,
    sortFirst: "desc",
    cell: (queue) => <CountCell value={queue.consumers} />,
  },
  {
    id: "incoming",
    label: "incoming",
    description: "Published into this queue",
    group: "Message rates",
    width: 78,
    align: "end",
    sortBy: (queue) => rateOf(queue.message_stats, "publish"),
    sortFirst: "desc",
    cell: (queue) => <RateCell value={rateOf(queue.message_stats, "publish")} />,
  },
  {
    id: "deliver",
    label: "deliver / get",
    group: "Message rates",
    width: 92,
    align: "end",
    sortBy: (queue) => rateOf(queue.message_stats, "deliver_get"),
    sortFirst: "desc",
    cell: (queue) => <RateCell value={rateOf(queue.message_stats, "deliver_get")} />,
  },
  {
    id: "ack",
    label: "ack",
    group: "Message rates",
    width: 70,
    align: "end",
    sortBy: (queue) => rateOf(queue.message_stats, "ack"),
    sortFirst: "desc",
    cell: (queue) => <RateCell value={rateOf(queue.message_stats, "ack")} />,
  },
  {
    id: "redelivered",
    label: "redelivered",
    group: "Message rates",
    width: 88,
    align: "end",
    hidden: true,
    sortBy: (queue) => rateOf(queue.message_stats, "redeliver"),
    sortFirst: "desc",
    cell: (queue) => <RateCell value={rateOf(queue.message_stats, "redeliver")} />,
  },
];

/** By which field of the answer the server puts rows in a column's order; the columns that are worked out here have none. */
const sortFields: Readonly<Record<string, string>> = {
  name: "name",
  vhost: "vhost",
  type: "type",
  state: "state",
  ready: "messages_ready",
  unacked: "messages_unacknowledged",
  delayed: "messages_delayed",
  total: "messages",
  dead: "dead_letters",
  bytes: "message_bytes_ready",
  consumers: "consumers",
  incoming: "message_stats.publish_details.rate",
  deliver: "message_stats.deliver_get_details.rate",
  ack: "message_stats.ack_details.rate",
  redelivered: "message_stats.redeliver_details.rate",
};

/** The order of a list as the server knows it; undefined where it can't make it. */
export function serverOrder({ column, descending }: Sort): QueueOrder | undefined {
  const field = sortFields[column];
  return field === undefined ? undefined : { field, descending };
}

/** At most one remark per row: the worst that is known of it. */
function Hint({ queue }: { queue: Queue }) {
  if (queue.state === "down")
    return (
      <RowHint icon={<CircleAlert aria-hidden="true" />} tone="danger">
        down
      </RowHint>
    );
  if (queue.dead_letters > 0) {
    return (
      <RowHint icon={<MailX aria-hidden="true" />} tone="danger">
        {`${formatCount(queue.dead_letters)} dead`}
      </RowHint>
    );
  }
  if (isGrowing(queue)) {
    const nobody = rateOf(queue.message_stats, "deliver_get") === 0;
    return (
      <RowHint icon={nobody ? <Unplug aria-hidden="true" /> : <TrendingUp aria-hidden="true" />}>
        {nobody ? "nobody takes" : "growing"}
      </RowHint>
    );
  }
  return null;
}
