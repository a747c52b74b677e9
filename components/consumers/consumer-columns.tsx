import { connectionHref, consumerName, consumerPeer } from "@/components/connections/links";
import type { ConsumerWork } from "@/components/consumers/consumer-work";
import { Lane } from "@/components/consumers/lane";
import { HeldFor, HeldMessage, WorkWord } from "@/components/consumers/work-cells";
import { queueHref } from "@/components/queues/links";
import type { Column } from "@/components/ui/data-table/columns";
import { NameCell } from "@/components/ui/data-table/name-cell";
import { CountCell } from "@/components/ui/data-table/number-cells";
import { useNow } from "@/components/ui/relative-time";
import { NameText } from "@/components/ui/visible-text";
import { formatDuration } from "@/lib/format/times";

const counts: Pick<Column<ConsumerWork>, "align" | "sortFirst"> = { align: "end", sortFirst: "desc" };

/** The columns of the list of consumers. */
export const consumerColumns: readonly Column<ConsumerWork>[] = [
  {
    id: "name",
    label: "Consumer",
    description: "The client's name for its connection, else the consumer tag",
    group: "Consumer",
    width: 150,
    grow: true,
    fixed: true,
    sortBy: ({ consumer }) => consumerName(consumer),
    cell: ({ consumer }) => (
      <NameCell name={consumerName(consumer)} href={connectionHref(consumer.channel_details.connection_name)} />
    ),
  },
  {
    id: "peer",
    label: "Address",
    group: "Consumer",
    width: 136,
    hidden: true,
    sortBy: ({ consumer }) => consumerPeer(consumer),
    cell: ({ consumer }) => <span className="mono clip-text text-ink-3">{consumerPeer(consumer)}</span>,
  },
  {
    id: "tag",
    label: "Consumer tag",
    group: "Consumer",
    width: 160,
    hidden: true,
    sortBy: ({ consumer }) => consumer.consumer_tag,
    cell: ({ consumer }) => (
      <span className="mono clip-text text-ink-2">
        <NameText text={consumer.consumer_tag} />
      </span>
    ),
  },
  {
    id: "queue",
    label: "Queue",
    group: "Consumer",
    width: 150,
    sortBy: ({ consumer }) => consumer.queue.name,
    cell: ({ consumer: { queue } }) => <NameCell name={queue.name} href={queueHref(queue.vhost, queue.name)} />,
  },
  {
    id: "vhost",
    label: "Virtual host",
    group: "Consumer",
    width: 104,
    hidden: true,
    sortBy: ({ consumer }) => consumer.queue.vhost,
    cell: ({ consumer }) => (
      <span className="mono clip-text text-ink-2">
        <NameText text={consumer.queue.vhost} />
      </span>
    ),
  },
  {
    id: "work",
    label: "State",
    group: "Work",
    width: 60,
    sortBy: ({ work }) => work,
    cell: (row) => <WorkWord of={row} />,
  },
  {
    id: "lane",
    label: "Last 60 s",
    description: "One bar per message, from delivery to settlement; now is on the right",
    group: "Work",
    width: 240,
    cell: (row) => <TickingLane of={row} />,
  },
  {
    id: "holds",
    label: "Holds",
    description: "The message it has held for longest",
    group: "Work",
    width: 116,
    sortBy: ({ consumer }) => consumer.held,
    sortFirst: "desc",
    cell: (row) => <HeldMessage of={row} />,
  },
  {
    id: "for",
    label: "For",
    group: "Work",
    width: 92,
    align: "end",
    phone: true,
    sortBy: ({ heldSince }) => (heldSince === null ? undefined : -heldSince),
    sortFirst: "desc",
    cell: (row) => <HeldFor of={row} />,
  },
  {
    id: "p50",
    label: "Ack p50",
    description: "From delivery to acknowledgement: half of the last minute's took no longer",
    group: "Work",
    width: 76,
    align: "end",
    sortFirst: "desc",
    sortBy: ({ consumer }) => consumer.ack_latency_ms?.p50,
    cell: ({ consumer }) => <Latency ms={consumer.ack_latency_ms?.p50} />,
  },
  {
    id: "p99",
    label: "p99",
    description: "From delivery to acknowledgement: 99 of 100 of the last minute's took no longer",
    group: "Work",
    width: 76,
    align: "end",
    sortFirst: "desc",
    sortBy: ({ consumer }) => consumer.ack_latency_ms?.p99,
    cell: ({ consumer }) => <Latency ms={consumer.ack_latency_ms?.p99} />,
  },
  {
    id: "prefetch",
    label: "Prefetch",
    description: "How many it may hold; 0 is no limit",
    group: "Counts",
    width: 72,
    ...counts,
    sortBy: ({ consumer }) => consumer.prefetch_count,
    cell: ({ consumer }) => <CountCell value={consumer.prefetch_count} />,
  },
  {
    id: "delivered",
    label: "Delivered",
    group: "Counts",
    width: 80,
    ...counts,
    hidden: true,
    sortBy: ({ consumer }) => consumer.delivered,
    cell: ({ consumer }) => <CountCell value={consumer.delivered} />,
  },
  {
    id: "acked",
    label: "Acked",
    group: "Counts",
    width: 70,
    ...counts,
    sortBy: ({ consumer }) => consumer.acked,
    cell: ({ consumer }) => <CountCell value={consumer.acked} />,
  },
  {
    id: "rejected",
    label: "Rejected",
    group: "Counts",
    width: 74,
    ...counts,
    hidden: true,
    sortBy: ({ consumer }) => consumer.rejected,
    cell: ({ consumer }) => <CountCell value={consumer.rejected} />,
  },
  {
    id: "requeued",
    label: "Given back",
    group: "Counts",
    width: 84,
    ...counts,
    hidden: true,
    sortBy: ({ consumer }) => consumer.requeued,
    cell: ({ consumer }) => <CountCell value={consumer.requeued} />,
  },
];

/** A time in ms; a dash where nothing was acknowledged lately. */
function Latency({ ms }: { ms: number | undefined }) {
  if (ms === undefined) return <span className="text-ink-3">–</span>;
  return <span className="text-ink-2">{ms < 1_000 ? `${Math.round(ms)} ms` : formatDuration(ms)}</span>;
}

function TickingLane({ of }: { of: ConsumerWork }) {
  return <Lane of={of} now={useNow()} />;
}
