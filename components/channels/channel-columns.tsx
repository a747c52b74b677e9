import { connectionHref } from "@/components/connections/links";
import type { Column } from "@/components/ui/data-table/columns";
import { NameCell } from "@/components/ui/data-table/name-cell";
import { CountCell, RateCell } from "@/components/ui/data-table/number-cells";
import { StateGlyph } from "@/components/ui/state-glyph";
import { NameText } from "@/components/ui/visible-text";
import type { Channel } from "@/lib/api-client/connections";

const counts: Pick<Column<Channel>, "align" | "sortFirst"> = { align: "end", sortFirst: "desc" };

/** The columns of the list of channels, in RabbitMQ's words and order. */
export const channelColumns: readonly Column<Channel>[] = [
  {
    id: "name",
    label: "Channel",
    group: "Overview",
    width: 260,
    grow: true,
    fixed: true,
    sortBy: (channel) => channel.name,
    cell: (channel) => <NameCell name={channel.name} href={connectionHref(channel.connection_details.name)} />,
  },
  {
    id: "client",
    label: "Client name",
    group: "Overview",
    width: 120,
    sortBy: (channel) => channel.connection_details.user_provided_name,
    cell: (channel) => (
      <span className="mono clip-text text-ink-2">{channel.connection_details.user_provided_name ?? "–"}</span>
    ),
  },
  {
    id: "vhost",
    label: "Virtual host",
    group: "Overview",
    width: 104,
    sortBy: (channel) => channel.vhost,
    cell: (channel) => (
      <span className="mono clip-text text-ink-2">
        <NameText text={channel.vhost} />
      </span>
    ),
  },
  {
    id: "user",
    label: "User name",
    group: "Overview",
    width: 90,
    hidden: true,
    sortBy: (channel) => channel.user,
    cell: (channel) => (
      <span className="clip-text">
        <NameText text={channel.user} />
      </span>
    ),
  },
  {
    id: "mode",
    label: "Mode",
    description: "C: publisher confirms, T: transactional",
    group: "Overview",
    width: 52,
    cell: (channel) => (
      <span className="text-ink-2">{`${channel.confirm ? "C" : ""}${channel.transactional ? "T" : ""}`}</span>
    ),
  },
  {
    id: "state",
    label: "State",
    group: "Overview",
    width: 84,
    phone: true,
    sortBy: (channel) => channel.state,
    cell: (channel) => <StateGlyph state={channel.state} />,
  },
  {
    id: "unconfirmed",
    label: "Unconfirmed",
    group: "Details",
    width: 92,
    ...counts,
    hidden: true,
    sortBy: (channel) => channel.messages_unconfirmed,
    cell: (channel) => <CountCell value={channel.messages_unconfirmed} />,
  },
  {
    id: "prefetch",
    label: "Prefetch",
    description: "Per consumer, and for the whole channel",
    group: "Details",
    width: 76,
    ...counts,
    sortBy: (channel) => channel.prefetch_count,
    cell: ({ prefetch_count: each, global_prefetch_count: all }) => (
      <span className={each + all === 0 ? "text-ink-3" : undefined}>
        {all > 0 ? `${each === 0 ? "–" : each} / ${all}` : each}
      </span>
    ),
  },
  {
    id: "unacked",
    label: "Unacked",
    group: "Details",
    width: 72,
    ...counts,
    sortBy: (channel) => channel.messages_unacknowledged,
    cell: (channel) => <CountCell value={channel.messages_unacknowledged} />,
  },
  {
    id: "consumers",
    label: "Consumers",
    group: "Details",
    width: 84,
    ...counts,
    hidden: true,
    sortBy: (channel) => channel.consumer_count,
    cell: (channel) => <CountCell value={channel.consumer_count} />,
  },
  {
    id: "publish",
    label: "publish",
    group: "Message rates",
    width: 76,
    ...counts,
    sortBy: (channel) => channel.message_stats.publish_details.rate,
    cell: (channel) => <RateCell value={channel.message_stats.publish_details.rate} />,
  },
  {
    id: "confirm",
    label: "confirm",
    group: "Message rates",
    width: 76,
    ...counts,
    hidden: true,
    sortBy: (channel) => channel.message_stats.confirm_details.rate,
    cell: (channel) => <RateCell value={channel.message_stats.confirm_details.rate} />,
  },
  {
    id: "deliver",
    label: "deliver / get",
    group: "Message rates",
    width: 92,
    ...counts,
    sortBy: (channel) => channel.message_stats.deliver_get_details.rate,
    cell: (channel) => <RateCell value={channel.message_stats.deliver_get_details.rate} />,
  },
  {
    id: "ack",
    label: "ack",
    group: "Message rates",
    width: 70,
    ...counts,
    sortBy: (channel) => channel.message_stats.ack_details.rate,
    cell: (channel) => <RateCell value={channel.message_stats.ack_details.rate} />,
  },
];
