"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { useMemo } from "react";
import { connectionColumns } from "@/components/connections/connection-columns";
import { ConnectionPanel } from "@/components/connections/connection-panel";
import { ButtonLink } from "@/components/ui/button";
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
import { SplitView } from "@/components/ui/split-view";
import { useVhostColumns } from "@/components/vhosts/use-vhost-columns";
import { ListTools } from "@/components/views/list-tools";
import { type Connection, connectionsQuery } from "@/lib/api-client/connections";
import { formatCount, formatNoun } from "@/lib/format/numbers";

const qualifiers = ["user", "vhost", "state", "product"] as const;

/** The list of connections of one vhost, or of all (`vhost` null), and one of them beside it. */
export function ConnectionsView({ vhost }: { vhost: string | null }) {
  const { data, error, refetch } = useQuery(connectionsQuery(vhost));
  const [open, setOpen] = useQueryState("open", parseAsString);
  const { query, setQuery, clear, filtered, key } = useFilter(qualifiers);
  const { sort, onSort } = useSort({ column: "name", descending: false });
  const rows = useMemo(() => data?.filter((connection) => matches(connection, query)), [data, query]);
  const columns = useVhostColumns(connectionColumns, vhost);
  const users = useMemo(() => [...new Set(data?.map(({ user }) => user))], [data]);
  return (
    <SplitView
      name="connections"
      panelLabel={`Connection ${open}`}
      onClose={() => void setOpen(null)}
      width={480}
      panel={
        open === null ? null : (
          <ConnectionPanel
            key={open}
            name={open}
            listed={data?.find(({ name }) => name === open)}
            onClose={() => void setOpen(null)}
          />
        )
      }
    >
      <PageHead title="Connections" note={data && formatCount(data.length)} divided />
      <FilterBar end={<ListTools name="connections" columns={columns} />}>
        <FilterField
          query={query}
          onChange={setQuery}
          names={qualifiers}
          label="Filter the connections"
          placeholder="Filter by name, or user:guest"
          completeTitle="What connections can be filtered by"
          complete={completionsFrom(["state:running", "state:flow", ...users.map((user) => `user:${user}`)])}
        />
      </FilterBar>
      <DataTable
        name="connections"
        label="Connections"
        columns={columns}
        rows={rows}
        rowId={(connection) => connection.name}
        sort={sort}
        onSort={onSort}
        openId={open}
        primary
        onOpen={(connection) => void setOpen(connection.name)}
        onClose={() => void setOpen(null)}
        secondLine={(connection) => (
          <span className="text-ink-3">
            {connection.user_provided_name ?? connection.user} · {formatNoun(connection.channels, "channel")}
          </span>
        )}
        filtered={filtered}
        viewKey={key}
        error={error}
        onRetry={() => void refetch()}
        empty={
          <EmptyState
            title={vhost === null ? "Nobody is connected" : `Nobody is connected to ${vhost}`}
            actions={<ButtonLink href="/">How to connect</ButtonLink>}
          >
            Every client of RabbitMQ can connect here; it appears as soon as it has. Workers that take messages over
            HTTP don't stay connected, and aren't listed.
          </EmptyState>
        }
        nothingMatches={<NothingMatches onClear={clear}>No connection here has all of that.</NothingMatches>}
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
    </SplitView>
  );
}

function matches(connection: Connection, query: Query): boolean {
  const { product } = connection.client_properties;
  const text = `${connection.name} ${connection.user_provided_name ?? ""}`.toLowerCase();
  const values = { user: connection.user, vhost: connection.vhost, state: connection.state, product: String(product) };
  return (
    text.includes(query.text.toLowerCase()) &&
    query.terms.every(({ name, value }) => values[name as keyof typeof values]?.toLowerCase() === value.toLowerCase())
  );
}
