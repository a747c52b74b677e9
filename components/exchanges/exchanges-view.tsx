"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useMemo } from "react";
import { exchangeColumns } from "@/components/exchanges/exchange-columns";
import { exchangeHref } from "@/components/queues/links";
import { Button } from "@/components/ui/button";
import { DataTable } from "@/components/ui/data-table/data-table";
import { ListFoot } from "@/components/ui/data-table/list-foot";
import { NothingMatches } from "@/components/ui/data-table/nothing-matches";
import { ShownCount } from "@/components/ui/data-table/shown-count";
import { useSort } from "@/components/ui/data-table/use-sort";
import { EmptyState } from "@/components/ui/empty-state";
import { completionsFrom } from "@/components/ui/filter/completions";
import { FilterBar } from "@/components/ui/filter/filter-bar";
import { FilterField } from "@/components/ui/filter/filter-field";
import type { Query } from "@/components/ui/filter/query";
import { useFilter } from "@/components/ui/filter/use-filter";
import { PageHead } from "@/components/ui/page-head";
import { useVhostColumns } from "@/components/vhosts/use-vhost-columns";
import { ListTools } from "@/components/views/list-tools";
import { defaultExchangeLabel, type Exchange, exchangesQuery } from "@/lib/api-client/exchanges";
import { formatCount, formatRate } from "@/lib/format/numbers";

const AddExchangeDialog = dynamic(
  () => import("@/components/exchanges/add-exchange-dialog").then((module) => module.AddExchangeDialog),
  { ssr: false },
);

const exchangeId = (exchange: Exchange) => `${exchange.vhost} ${exchange.name}`;
const qualifiers = ["type", "vhost"] as const;

/** The list of exchanges of one vhost, or of all (`vhost` null). */
export function ExchangesView({ vhost }: { vhost: string | null }) {
  const router = useRouter();
  const { data, error, refetch } = useQuery(exchangesQuery(vhost));
  const [adding, setAdding] = useQueryState("add", parseAsBoolean.withDefault(false));
  const { query, setQuery, clear, filtered, key } = useFilter(qualifiers);
  const { sort, onSort } = useSort({ column: "in", descending: true });
  // The reader's own come before the predeclared ones wherever the sort leaves them equal.
  const rows = useMemo(() => data && ownFirst(data.filter((exchange) => matches(exchange, query))), [data, query]);
  const columns = useVhostColumns(exchangeColumns, vhost);
  return (
    <>
      <PageHead
        title="Exchanges"
        note={data && formatCount(data.length)}
        actions={
          <Button
            variant="primary"
            icon={<Plus className="icon-14" aria-hidden="true" />}
            onClick={() => void setAdding(true)}
          >
            Add exchange
          </Button>
        }
        divided
      />
      <FilterBar end={<ListTools name="exchanges" columns={columns} />}>
        <FilterField
          query={query}
          onChange={setQuery}
          names={qualifiers}
          label="Filter the exchanges"
          placeholder="Filter by name, or type:topic"
          completeTitle="What exchanges can be filtered by"
          complete={completionsFrom(["type:direct", "type:topic", "type:fanout", "type:headers"])}
        />
      </FilterBar>
      <DataTable
        name="exchanges"
        label="Exchanges"
        columns={columns}
        rows={rows}
        rowId={exchangeId}
        sort={sort}
        onSort={onSort}
        primary
        onOpen={(exchange) => router.push(exchangeHref(exchange.vhost, exchange.name))}
        secondLine={(exchange) => (
          <span className="text-ink-3">
            {formatRate(exchange.message_stats?.publish_in_details?.rate ?? 0)} in,{" "}
            {formatRate(exchange.message_stats?.publish_out_details?.rate ?? 0)} out
          </span>
        )}
        filtered={filtered}
        viewKey={key}
        error={error}
        onRetry={() => void refetch()}
        empty={<EmptyState title="No exchanges">Every virtual host has at least the predeclared ones.</EmptyState>}
        nothingMatches={<NothingMatches onClear={clear}>No exchange here has all of that.</NothingMatches>}
      />
      <ListFoot
        keys={[
          [["j", "k"], "row"],
          [["Enter"], "open"],
          [["?"], "all keys"],
        ]}
      >
        <ShownCount shown={rows?.length} all={data?.length} />
      </ListFoot>
      {adding && <AddExchangeDialog open onClose={() => void setAdding(null)} vhost={vhost} />}
    </>
  );
}

function ownFirst(exchanges: readonly Exchange[]): Exchange[] {
  const predeclared = ({ name }: Exchange) => name === "" || name.startsWith("amq.");
  return exchanges.toSorted((a, b) => Number(predeclared(a)) - Number(predeclared(b)) || a.name.localeCompare(b.name));
}

function matches(exchange: Exchange, query: Query): boolean {
  const name = exchange.name || defaultExchangeLabel;
  return (
    name.toLowerCase().includes(query.text.toLowerCase()) &&
    query.terms.every((term) => (term.name === "type" ? exchange.type : exchange.vhost) === term.value)
  );
}
