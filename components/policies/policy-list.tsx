"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useMemo } from "react";
import { useOneVhost } from "@/components/messages/one-vhost";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { Pattern, policyColumns } from "@/components/policies/policy-columns";
import { definitionWords } from "@/components/policies/policy-words";
import { useOpenPolicy } from "@/components/policies/use-open-policy";
import { useForbiddenAdministration, useForbiddenPolicies } from "@/components/shell/permission";
import { useVhost } from "@/components/shell/vhost";
import { Button } from "@/components/ui/button";
import { ColumnsButton, DensityButton } from "@/components/ui/data-table/columns-button";
import { DataTable } from "@/components/ui/data-table/data-table";
import { NothingMatches } from "@/components/ui/data-table/nothing-matches";
import { useSort } from "@/components/ui/data-table/use-sort";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter/filter-bar";
import { FilterField } from "@/components/ui/filter/filter-field";
import { useFilter } from "@/components/ui/filter/use-filter";
import { usePhone } from "@/components/ui/media";
import { SplitView } from "@/components/ui/split-view";
import { type Policy, type PolicyKind, policiesQuery } from "@/lib/api-client/policies";

// The list needs neither the form nor what reads patterns.
const PolicyEditor = dynamic(() => import("@/components/policies/policy-editor").then((parts) => parts.PolicyEditor), {
  ssr: false,
  loading: PanelSkeleton,
});
const PolicyPanel = dynamic(() => import("@/components/policies/policy-panel").then((parts) => parts.PolicyPanel), {
  ssr: false,
  loading: PanelSkeleton,
});

const noNames: readonly string[] = [];
const idOf = ({ vhost, name }: Pick<Policy, "vhost" | "name">) => `${vhost}\n${name}`;

const whatFor: Readonly<Record<PolicyKind, string>> = {
  user:
    "A policy sets a limit, a dead-letter exchange or an expiry for all queues whose names match a pattern, also for " +
    "those that come later, and can be changed at any time.",
  operator:
    "An operator policy limits what policies and the arguments of queues may set: of two values the lower one holds.",
};

/** The policies of one kind, of the chosen vhost or of all, and one of them beside them. */
export function PolicyList({ kind, label }: { kind: PolicyKind; label: string }) {
  const { vhost } = useVhost();
  const { vhost: usual } = useOneVhost();
  const { query, setQuery, clear, key, filtered } = useFilter(noNames);
  const { sort, onSort } = useSort({ column: "name", descending: false });
  const { add, opened: named, open, openNew, close } = useOpenPolicy();
  const [policymaker, administrator] = [useForbiddenPolicies(), useForbiddenAdministration()];
  const forbidden = kind === "user" ? policymaker : administrator;
  // Another vhost may have been chosen since.
  const opened = vhost === null || named?.vhost === vhost ? named : null;
  const { data, error, refetch } = useQuery(policiesQuery(kind, vhost));
  const rows = useMemo(() => data?.filter((policy) => matches(policy, query.text)), [data, query.text]);
  const phone = usePhone();
  const columns = useMemo(() => policyColumns(kind, vhost === null, phone), [kind, vhost, phone]);
  return (
    <SplitView
      name="policies"
      panelLabel={kind === "user" ? "Policy" : "Operator policy"}
      width={600}
      onClose={close}
      panel={
        add ? (
          <PolicyEditor key="new" kind={kind} vhost={usual} policy={null} onClose={close} onAdded={open} />
        ) : opened !== null ? (
          <PolicyPanel key={idOf(opened)} kind={kind} {...opened} onClose={close} onAdded={open} />
        ) : null
      }
    >
      <FilterBar
        end={
          <>
            <ColumnsButton name="policies" columns={columns} />
            <DensityButton />
          </>
        }
      >
        <FilterField
          query={query}
          onChange={setQuery}
          names={noNames}
          label={`Filter the ${label.toLowerCase()}`}
          placeholder="Filter by name, pattern or setting"
        />
      </FilterBar>
      <DataTable
        name="policies"
        label={label}
        columns={columns}
        rows={rows}
        rowId={idOf}
        sort={sort}
        onSort={onSort}
        openId={opened && idOf(opened)}
        onOpen={open}
        onClose={close}
        primary
        secondLine={({ pattern, definition }) => (
          <span className="clip-text text-ink-3">
            <Pattern pattern={pattern} /> {definitionWords(definition)}
          </span>
        )}
        filtered={filtered}
        viewKey={`${vhost} ${key}`}
        error={error}
        onRetry={() => void refetch()}
        empty={
          <EmptyState
            title={`No ${label.toLowerCase()}${vhost === null ? "" : ` in ${vhost}`}`}
            actions={
              <Button disabledReason={forbidden} onClick={openNew}>
                Add the first one
              </Button>
            }
          >
            {whatFor[kind]}
          </EmptyState>
        }
        nothingMatches={
          <NothingMatches onClear={clear}>No policy here has that in its name, pattern or definition.</NothingMatches>
        }
      />
    </SplitView>
  );
}

function matches({ name, pattern, definition }: Policy, text: string): boolean {
  const sought = text.toLowerCase();
  return [name, pattern, definitionWords(definition)].some((part) => part.toLowerCase().includes(sought));
}
