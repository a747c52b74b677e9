"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useCallback, useMemo, useState } from "react";
import { limitColumns } from "@/components/limits/limit-columns";
import { limitsOf, limitWords } from "@/components/limits/limit-words";
import { useForbiddenAdministration } from "@/components/shell/permission";
import { useVhost } from "@/components/shell/vhost";
import { DataTable } from "@/components/ui/data-table/data-table";
import { NothingMatches } from "@/components/ui/data-table/nothing-matches";
import { useSort } from "@/components/ui/data-table/use-sort";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter/filter-bar";
import { FilterField } from "@/components/ui/filter/filter-field";
import { useFilter } from "@/components/ui/filter/use-filter";
import { Segments } from "@/components/ui/segments";
import { type LimitKind, userLimitsQuery, vhostLimitsQuery } from "@/lib/api-client/limits";
import { whoamiQuery } from "@/lib/api-client/session";

const LimitsDialog = dynamic(() => import("@/components/limits/limits-dialog").then((parts) => parts.LimitsDialog), {
  ssr: false,
});

const kinds = ["vhost", "user"] as const;
const noNames: readonly string[] = [];

/** How much each virtual host may hold, or each user may open, and how much there is of it. */
export function LimitsView() {
  const [kind, setKind] = useQueryState("of", parseAsStringLiteral(kinds).withDefault("vhost"));
  const administrator = useForbiddenAdministration();
  return (
    <>
      {kind === "user" && administrator !== undefined ? (
        <>
          <FilterBar>
            <KindSegments kind={kind} onChange={(next) => void setKind(next)} />
          </FilterBar>
          <EmptyState title="Only administrators see the limits of users">
            An administrator can give you the tag <code>administrator</code>.
          </EmptyState>
        </>
      ) : (
        <LimitList key={kind} kind={kind} forbidden={administrator} onKind={(next) => void setKind(next)} />
      )}
    </>
  );
}

function KindSegments({ kind, onChange }: { kind: LimitKind; onChange: (kind: LimitKind) => void }) {
  return (
    <Segments
      label="Limits of"
      value={kind}
      onChange={onChange}
      options={[
        { value: "vhost", label: "Virtual hosts" },
        { value: "user", label: "Users" },
      ]}
    />
  );
}

function LimitList({
  kind,
  forbidden,
  onKind,
}: {
  kind: LimitKind;
  /** Why the reader may not change them. */
  forbidden: string | undefined;
  onKind: (kind: LimitKind) => void;
}) {
  const { vhost } = useVhost();
  const { data: person } = useQuery(whoamiQuery());
  const counted = person?.may.monitor === true;
  const vhosts = useQuery({ ...vhostLimitsQuery(counted), enabled: kind === "vhost" && person !== undefined });
  const users = useQuery({ ...userLimitsQuery(), enabled: kind === "user" });
  const { data, error, refetch } = kind === "vhost" ? vhosts : users;
  const { query, setQuery, clear, key, filtered } = useFilter(noNames);
  const { sort, onSort } = useSort({ column: "name", descending: false });
  const [changing, setChanging] = useState<string | null>(null);
  const changed = data?.find(({ name }) => name === changing);
  const columns = useMemo(() => limitColumns(kind, forbidden, setChanging), [kind, forbidden]);
  const rows = useMemo(
    () =>
      data?.filter(
        ({ name }) =>
          (kind === "user" || vhost === null || name === vhost) &&
          name.toLowerCase().includes(query.text.toLowerCase()),
      ),
    [data, kind, vhost, query.text],
  );
  const close = useCallback(() => setChanging(null), []);
  return (
    <>
      <FilterBar>
        <FilterField
          query={query}
          onChange={setQuery}
          names={noNames}
          label={kind === "vhost" ? "Filter the virtual hosts" : "Filter the users"}
          placeholder="Filter by name"
        />
        <KindSegments kind={kind} onChange={onKind} />
      </FilterBar>
      <DataTable
        name={`limits-${kind}`}
        label={kind === "vhost" ? "Limits of virtual hosts" : "Limits of users"}
        columns={columns}
        rows={rows}
        rowId={({ name }) => name}
        sort={sort}
        onSort={onSort}
        onOpen={({ name }) => setChanging(name)}
        primary
        secondLine={(of) => (
          <span className="text-ink-3">
            {limitsOf(kind)
              .map(({ name, label }) => `${label} ${limitWords(of, name)}`)
              .join(" · ")}
          </span>
        )}
        filtered={filtered}
        viewKey={`${kind} ${vhost} ${key}`}
        error={error}
        onRetry={() => void refetch()}
        empty={
          <EmptyState title="Nothing to limit">
            There is no virtual host of this name, or none that you may see.
          </EmptyState>
        }
        nothingMatches={
          <NothingMatches onClear={clear}>
            {kind === "vhost" ? "No virtual host has that in its name." : "No user has that in its name."}
          </NothingMatches>
        }
      />
      {changed && <LimitsDialog key={changed.name} kind={kind} of={changed} forbidden={forbidden} onClose={close} />}
    </>
  );
}
