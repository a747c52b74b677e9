"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useCallback, useMemo, useState } from "react";
import { VisibleText } from "@/components/body/visible-text";
import { limitsOf } from "@/components/limits/limit-words";
import { useForbiddenAdministration } from "@/components/shell/permission";
import { useVhost } from "@/components/shell/vhost";
import { Button } from "@/components/ui/button";
import type { Column, Sort } from "@/components/ui/data-table/columns";
import { DataTable } from "@/components/ui/data-table/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter/filter-bar";
import { Segments } from "@/components/ui/segments";
import { type Limited, type LimitKind, userLimitsQuery, vhostLimitsQuery } from "@/lib/api-client/limits";
import { formatCount } from "@/lib/format/numbers";

const LimitsDialog = dynamic(() => import("@/components/limits/limits-dialog").then((parts) => parts.LimitsDialog), {
  ssr: false,
});

const kinds = ["vhost", "user"] as const;

/** How much each virtual host may hold, and how much each user may open. */
export function LimitsView() {
  const { vhost } = useVhost();
  const [kind, setKind] = useQueryState("of", parseAsStringLiteral(kinds).withDefault("vhost"));
  const [sort, setSort] = useState<Sort>({ column: "name", descending: false });
  const [changing, setChanging] = useState<Limited | null>(null);
  const forbidden = useForbiddenAdministration();
  const closed = kind === "user" && forbidden !== undefined;
  const list = useQuery({ ...(kind === "vhost" ? vhostLimitsQuery : userLimitsQuery), enabled: !closed });
  const rows = useMemo(
    () => list.data?.filter(({ name }) => kind === "user" || vhost === null || name === vhost),
    [list.data, kind, vhost],
  );
  const change = useCallback((of: Limited) => setChanging(of), []);
  const columns = useMemo(() => columnsOf(kind, forbidden, change), [kind, forbidden, change]);
  return (
    <>
      <FilterBar>
        <Segments
          label="Limits of"
          value={kind}
          onChange={(value) => void setKind(value)}
          options={[
            { value: "vhost", label: "Virtual hosts" },
            { value: "user", label: "Users" },
          ]}
        />
      </FilterBar>
      {closed ? (
        <EmptyState title="Only administrators may see the limits of users">
          Ask one of them for the tag <code>administrator</code>.
        </EmptyState>
      ) : (
        <DataTable
          name={`limits-${kind}`}
          label={kind === "vhost" ? "Limits of virtual hosts" : "Limits of users"}
          columns={columns}
          rows={rows}
          rowId={({ name }) => name}
          sort={sort}
          onSort={setSort}
          primary
          secondLine={(of) => (
            <span className="text-ink-3">
              {limitsOf(kind)
                .map(({ name }) => `${name} ${limitText(of, name) ?? "no limit"}`)
                .join(", ")}
            </span>
          )}
          viewKey={`${kind} ${vhost}`}
          error={list.error}
          onRetry={() => void list.refetch()}
          empty={
            <EmptyState title="Nothing to limit">No virtual host of this name is there, or none that you may see.</EmptyState>
          }
        />
      )}
      {changing !== null && (
        <LimitsDialog key={changing.name} kind={kind} of={changing} onClose={() => setChanging(null)} />
      )}
    </>
  );
}

function limitText({ limits }: Limited, name: string): string | null {
  const value = limits[name] ?? -1;
  return value < 0 ? null : formatCount(value);
}

function columnsOf(
  kind: LimitKind,
  forbidden: string | undefined,
  change: (of: Limited) => void,
): Column<Limited>[] {
  return [
    {
      id: "name",
      label: kind === "vhost" ? "Virtual host" : "User",
      width: 200,
      grow: true,
      fixed: true,
      sortBy: ({ name }) => name,
      cell: ({ name }) => (
        <span className="mono" title={name}>
          <VisibleText text={name} />
        </span>
      ),
    },
    ...limitsOf(kind).map(
      ({ name, label }): Column<Limited> => ({
        id: name,
        label,
        description: name,
        width: 160,
        align: "end",
        sortFirst: "desc",
        sortBy: ({ limits }) => limits[name],
        cell: (of) => limitText(of, name) ?? <span className="text-ink-3">no limit</span>,
      }),
    ),
    {
      id: "change",
      label: "Change",
      width: 104,
      align: "end",
      fixed: true,
      cell: (of) => (
        <Button disabledReason={forbidden} onClick={() => change(of)}>
          Change…
        </Button>
      ),
    },
  ];
}
