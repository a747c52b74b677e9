"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsString, useQueryState } from "nuqs";
import { useMemo, useState } from "react";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { useForbiddenAdministration } from "@/components/shell/permission";
import { Button } from "@/components/ui/button";
import { ColumnsButton } from "@/components/ui/data-table/columns-button";
import { DataTable } from "@/components/ui/data-table/data-table";
import { NothingMatches } from "@/components/ui/data-table/nothing-matches";
import { useSort } from "@/components/ui/data-table/use-sort";
import { EmptyState } from "@/components/ui/empty-state";
import { completionsFrom } from "@/components/ui/filter/completions";
import { FilterBar } from "@/components/ui/filter/filter-bar";
import { FilterField } from "@/components/ui/filter/filter-field";
import { useFilter } from "@/components/ui/filter/use-filter";
import { PageHead } from "@/components/ui/page-head";
import { SplitView } from "@/components/ui/split-view";
import { vhostColumns } from "@/components/vhosts/vhost-columns";
import { vhostsQuery } from "@/lib/api-client/vhosts";
import { formatCount, formatNoun } from "@/lib/format/numbers";

// The list needs neither.
const VhostPanel = dynamic(() => import("@/components/vhosts/vhost-panel").then((parts) => parts.VhostPanel), {
  ssr: false,
  loading: PanelSkeleton,
});
const VhostDialog = dynamic(() => import("@/components/vhosts/vhost-dialog").then((parts) => parts.VhostDialog), {
  ssr: false,
});

const qualifiers = ["tag"] as const;

/** The virtual hosts that may be seen, with what is in them. */
export function VhostsPage() {
  const { data, error, refetch } = useQuery(vhostsQuery);
  const [open, setOpen] = useQueryState("open", parseAsString);
  const [adding, setAdding] = useState(false);
  const { query, setQuery, clear, filtered, key } = useFilter(qualifiers);
  const { sort, onSort } = useSort({ column: "name", descending: false });
  const forbidden = useForbiddenAdministration();
  const rows = useMemo(
    () =>
      data?.filter(
        ({ name, description, tags }) =>
          `${name} ${description}`.toLowerCase().includes(query.text.toLowerCase()) &&
          query.terms.every((term) => tags.includes(term.value)),
      ),
    [data, query],
  );
  const tags = useMemo(() => [...new Set(data?.flatMap((vhost) => vhost.tags))], [data]);
  const close = () => void setOpen(null);
  const add = (
    <Button
      variant="primary"
      icon={<Plus className="icon-14" aria-hidden="true" />}
      disabledReason={forbidden}
      onClick={() => setAdding(true)}
    >
      Add virtual host
    </Button>
  );
  return (
    <SplitView
      name="vhosts"
      panelLabel={`Virtual host ${open}`}
      onClose={close}
      width={520}
      panel={
        open === null || data === undefined ? null : (
          <VhostPanel key={open} name={open} vhost={data.find(({ name }) => name === open)} onClose={close} />
        )
      }
    >
      <PageHead title="Virtual hosts" note={data && formatCount(data.length)} divided actions={add} />
      <FilterBar end={<ColumnsButton name="vhosts" columns={vhostColumns} />}>
        <FilterField
          query={query}
          onChange={setQuery}
          names={qualifiers}
          label="Filter the virtual hosts"
          placeholder="Filter by name, description, or tag:production"
          completeTitle="What virtual hosts can be filtered by"
          complete={completionsFrom(tags.map((tag) => `tag:${tag}`))}
        />
      </FilterBar>
      <DataTable
        name="vhosts"
        label="Virtual hosts"
        columns={vhostColumns}
        rows={rows}
        rowId={({ name }) => name}
        sort={sort}
        onSort={onSort}
        openId={open}
        primary
        onOpen={({ name }) => void setOpen(name)}
        onClose={close}
        secondLine={(vhost) => (
          <span className="text-ink-3">
            {formatNoun(vhost.queues, "queue")}, {formatNoun(vhost.messages, "message")}
          </span>
        )}
        filtered={filtered}
        viewKey={key}
        error={error}
        onRetry={() => void refetch()}
        empty={
          <EmptyState title="No virtual hosts that you may see">
            Queues and exchanges live in virtual hosts, each apart from the others. An administrator can give you
            permissions in one.
          </EmptyState>
        }
        nothingMatches={<NothingMatches onClear={clear}>No virtual host has all of that.</NothingMatches>}
      />
      {adding && <VhostDialog vhost={null} onClose={() => setAdding(false)} onDone={(name) => void setOpen(name)} />}
    </SplitView>
  );
}
