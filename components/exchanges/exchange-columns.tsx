import { policyColumn } from "@/components/policies/policy-column";
import { exchangeHref } from "@/components/queues/links";
import { Features } from "@/components/queues/queue-features";
import type { Column } from "@/components/ui/data-table/columns";
import { NameCell } from "@/components/ui/data-table/name-cell";
import { CountCell, RateCell } from "@/components/ui/data-table/number-cells";
import { NameText } from "@/components/ui/visible-text";
import { defaultExchangeLabel, type Exchange } from "@/lib/api-client/exchanges";

export const exchangeColumns: readonly Column<Exchange>[] = [
  {
    id: "name",
    label: "Name",
    group: "Overview",
    width: 220,
    grow: true,
    fixed: true,
    sortBy: (exchange) => exchange.name,
    cell: (exchange) => (
      <NameCell name={exchange.name || defaultExchangeLabel} href={exchangeHref(exchange.vhost, exchange.name)} />
    ),
  },
  {
    id: "vhost",
    label: "Virtual host",
    group: "Overview",
    width: 150,
    sortBy: (exchange) => exchange.vhost,
    cell: (exchange) => (
      <span className="mono clip-text text-ink-2">
        <NameText text={exchange.vhost} />
      </span>
    ),
  },
  {
    id: "type",
    label: "Type",
    group: "Overview",
    width: 90,
    phone: true,
    sortBy: (exchange) => exchange.type,
    cell: (exchange) => <span className="text-ink-2">{exchange.type}</span>,
  },
  {
    id: "features",
    label: "Features",
    group: "Overview",
    width: 140,
    cell: (exchange) => <Features of={exchange} />,
  },
  policyColumn,
  {
    id: "in",
    label: "rate in",
    description: "Published to this exchange",
    group: "Message rates",
    width: 96,
    align: "end",
    sortBy: (exchange) => exchange.message_stats?.publish_in_details?.rate ?? 0,
    sortFirst: "desc",
    cell: (exchange) => <RateCell value={exchange.message_stats?.publish_in_details?.rate ?? 0} />,
  },
  {
    id: "out",
    label: "rate out",
    description: "Routed on to queues, copies counted",
    group: "Message rates",
    width: 96,
    align: "end",
    sortBy: (exchange) => exchange.message_stats?.publish_out_details?.rate ?? 0,
    sortFirst: "desc",
    cell: (exchange) => <RateCell value={exchange.message_stats?.publish_out_details?.rate ?? 0} />,
  },
  {
    id: "published",
    label: "Published",
    description: "Messages in since it was made",
    group: "Message rates",
    width: 96,
    align: "end",
    hidden: true,
    sortBy: (exchange) => exchange.message_stats?.publish_in ?? 0,
    sortFirst: "desc",
    cell: (exchange) => <CountCell value={exchange.message_stats?.publish_in ?? 0} />,
  },
];
