import { connectionHref } from "@/components/connections/links";
import type { Column } from "@/components/ui/data-table/columns";
import { NameCell } from "@/components/ui/data-table/name-cell";
import { CountCell } from "@/components/ui/data-table/number-cells";
import { RelativeTime } from "@/components/ui/relative-time";
import { StateGlyph } from "@/components/ui/state-glyph";
import { NameText } from "@/components/ui/visible-text";
import type { Connection } from "@/lib/api-client/connections";
import { formatBytes } from "@/lib/format/numbers";

/** The columns of the list of connections, in RabbitMQ's words and order. */
export const connectionColumns: readonly Column<Connection>[] = [
  {
    id: "name",
    label: "Name",
    group: "Overview",
    width: 250,
    grow: true,
    fixed: true,
    sortBy: (connection) => connection.name,
    cell: (connection) => <NameCell name={connection.name} href={connectionHref(connection.name)} />,
  },
  {
    id: "client",
    label: "Client name",
    description: "What the client calls itself (connection_name)",
    group: "Overview",
    width: 170,
    sortBy: (connection) => connection.user_provided_name,
    cell: (connection) =>
      connection.user_provided_name === undefined ? (
        <span className="text-ink-3">–</span>
      ) : (
        <span className="mono clip-text">{connection.user_provided_name}</span>
      ),
  },
  {
    id: "vhost",
    label: "Virtual host",
    group: "Overview",
    width: 112,
    sortBy: (connection) => connection.vhost,
    cell: (connection) => (
      <span className="mono clip-text text-ink-2">
        <NameText text={connection.vhost} />
      </span>
    ),
  },
  {
    id: "user",
    label: "User name",
    group: "Overview",
    width: 90,
    sortBy: (connection) => connection.user,
    cell: (connection) => (
      <span className="clip-text">
        <NameText text={connection.user} />
      </span>
    ),
  },
  {
    id: "state",
    label: "State",
    group: "Overview",
    width: 84,
    phone: true,
    sortBy: (connection) => connection.state,
    cell: (connection) => <StateGlyph state={connection.state} />,
  },
  {
    id: "node",
    label: "Node",
    group: "Overview",
    width: 150,
    hidden: true,
    sortBy: (connection) => connection.node,
    cell: (connection) => <span className="clip-text text-ink-2">{connection.node}</span>,
  },
  {
    id: "tls",
    label: "TLS",
    group: "Details",
    width: 48,
    hidden: true,
    cell: (connection) => <span className="text-ink-2">{connection.ssl ? "yes" : "no"}</span>,
  },
  {
    id: "protocol",
    label: "Protocol",
    group: "Details",
    width: 96,
    hidden: true,
    sortBy: (connection) => connection.protocol,
    cell: (connection) => <span className="text-ink-2">{connection.protocol}</span>,
  },
  {
    id: "channels",
    label: "Channels",
    group: "Details",
    width: 76,
    align: "end",
    sortBy: (connection) => connection.channels,
    sortFirst: "desc",
    cell: (connection) => <CountCell value={connection.channels} />,
  },
  {
    id: "connected",
    label: "Connected",
    group: "Details",
    width: 88,
    align: "end",
    sortBy: (connection) => connection.connected_at,
    sortFirst: "desc",
    cell: (connection) => <RelativeTime at={connection.connected_at} />,
  },
  {
    id: "from",
    label: "From client",
    description: "Bytes received per second",
    group: "Network",
    width: 92,
    align: "end",
    sortBy: (connection) => connection.recv_oct_details.rate,
    sortFirst: "desc",
    cell: (connection) => <ByteRate rate={connection.recv_oct_details.rate} />,
  },
  {
    id: "to",
    label: "To client",
    description: "Bytes sent per second",
    group: "Network",
    width: 92,
    align: "end",
    sortBy: (connection) => connection.send_oct_details.rate,
    sortFirst: "desc",
    cell: (connection) => <ByteRate rate={connection.send_oct_details.rate} />,
  },
];

function ByteRate({ rate }: { rate: number }) {
  const text = rate < 1024 ? `${Math.round(rate)} B` : formatBytes(rate);
  return (
    <span className={rate === 0 ? "text-ink-3" : undefined}>
      {text}
      <span className="text-ink-3">/s</span>
    </span>
  );
}
