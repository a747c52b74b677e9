"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryState, useQueryStates } from "nuqs";
import { useMemo, useState } from "react";
import { VisibleText } from "@/components/body/visible-text";
import { useOneVhost } from "@/components/messages/one-vhost";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { definitionWords, targetWords } from "@/components/policies/policy-form-state";
import { useForbiddenAdministration, useForbiddenPolicies } from "@/components/shell/permission";
import { useVhost, withVhost } from "@/components/shell/vhost";
import { Button } from "@/components/ui/button";
import type { Column, Sort } from "@/components/ui/data-table/columns";
import { DataTable } from "@/components/ui/data-table/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter/filter-bar";
import { FilterField } from "@/components/ui/filter/filter-field";
import { useFilter } from "@/components/ui/filter/use-filter";
import { useMedia } from "@/components/ui/media";
import { PageHead } from "@/components/ui/page-head";
import { SplitView } from "@/components/ui/split-view";
import { Tabs } from "@/components/ui/tabs";
import { type Policy, type PolicyKind, policiesQuery } from "@/lib/api-client/policies";

// The list needs neither the form nor what reads patterns.
const PolicyPanel = dynamic(() => import("@/components/policies/policy-panel").then((parts) => parts.PolicyPanel), {
  ssr: false,
  loading: PanelSkeleton,
});

const tabs = ["user", "operator"] as const;
const tabWords = { user: "Policies", operator: "Operator policies" } as const;

/** Settings for many queues and exchanges at once, by their names. */
export function PoliciesPage() {
  const [tab] = useQueryState("tab", parseAsStringLiteral(tabs).withDefault("user"));
  const { vhost } = useVhost();
  return (
    <>
      <PageHead title="Policies" note="Settings for all queues and exchanges whose names match" />
      <Tabs
        label="Policies"
        tabs={tabs.map((each) => ({
          href: `${withVhost("/policies", vhost)}${vhost === null ? "?" : "&"}tab=${each}`,
          label: tabWords[each],
          current: each === tab,
        }))}
      />
      <PolicyList key={tab} kind={tab} />
    </>
  );
}

const noNames: readonly string[] = [];

function PolicyList({ kind }: { kind: PolicyKind }) {
  const { vhost } = useVhost();
  const { vhost: usual } = useOneVhost();
  const { query, setQuery, key, filtered } = useFilter(noNames);
  const [sort, setSort] = useState<Sort>({ column: "name", descending: false });
  const [{ policy: name, in: within, add }, setOpen] = useQueryStates(
    { policy: parseAsString, in: parseAsString, add: parseAsBoolean.withDefault(false) },
    { history: "push" },
  );
  const { data, error, refetch } = useQuery(policiesQuery(kind, vhost));
  const [policymaker, administrator] = [useForbiddenPolicies(), useForbiddenAdministration()];
  const forbidden = kind === "user" ? policymaker : administrator;
  const wide = useMedia("(width >= 1024px)");
  const rows = useMemo(() => {
    const sought = query.text.toLowerCase();
    return data?.filter((each) =>
      [each.name, each.pattern, definitionWords(each.definition)].some((text) => text.toLowerCase().includes(sought)),
    );
  }, [data, query.text]);
  const opened = data?.find((each) => each.name === name && each.vhost === within) ?? null;
  const columns = useMemo(
    () => columnsOf(vhost === null, (add || opened !== null) && wide),
    [vhost, add, opened, wide],
  );
  const close = () => void setOpen({ policy: null, in: null, add: null });
  const open = (policy: Policy) => void setOpen({ policy: policy.name, in: policy.vhost, add: null });
  const addButton = (
    <Button
      icon={<Plus className="icon-14" aria-hidden="true" />}
      disabledReason={forbidden}
      onClick={() => void setOpen({ policy: null, in: null, add: true })}
    >
      {kind === "user" ? "Add a policy" : "Add an operator policy"}
    </Button>
  );
  return (
    <SplitView
      name="policies"
      panelLabel="Policy"
      width={600}
      onClose={close}
      panel={
        add || opened !== null ? (
          <PolicyPanel
            key={add ? "new" : idOf(opened)}
            kind={kind}
            vhost={usual}
            policy={add ? null : opened}
            forbidden={forbidden}
            onClose={close}
            onSaved={add ? open : () => close()}
          />
        ) : null
      }
    >
      <FilterBar end={addButton}>
        <FilterField
          query={query}
          onChange={setQuery}
          names={noNames}
          label="Search the policies"
          placeholder="A name, pattern or setting"
        />
      </FilterBar>
      <DataTable
        name={`policies-${kind}`}
        label={tabWords[kind]}
        columns={columns}
        rows={rows}
        rowId={idOf}
        sort={sort}
        onSort={setSort}
        openId={opened === null ? null : idOf(opened)}
        onOpen={open}
        onClose={close}
        primary
        secondLine={(policy) => (
          <span className="text-ink-3">
            <code>
              <VisibleText text={policy.pattern || "(all)"} />
            </code>
            : <VisibleText text={definitionWords(policy.definition)} />
          </span>
        )}
        filtered={filtered}
        viewKey={`${vhost} ${key}`}
        error={error}
        onRetry={() => void refetch()}
        empty={
          <EmptyState
            title={`No ${kind === "user" ? "policies" : "operator policies"}${vhost === null ? "" : ` in ${vhost}`}`}
            actions={addButton}
          >
            {kind === "user"
              ? "A policy sets a limit, a dead-letter exchange or an expiry for all queues whose names match a pattern, also for those that come later, and can be changed at any time."
              : "An operator policy limits what users' policies and queue arguments may set: of two values the lower one holds."}
          </EmptyState>
        }
        nothingMatches={
          <EmptyState title="Nothing matches">No policy has that in its name, pattern or settings.</EmptyState>
        }
      />
      <p className="hidden px-4 py-2 phone:block">{addButton}</p>
    </SplitView>
  );
}

const idOf = (policy: Policy | null) => (policy === null ? "" : `${policy.vhost}\n${policy.name}`);

function columnsOf(vhosts: boolean, narrow: boolean): Column<Policy>[] {
  const columns: Column<Policy>[] = [
    {
      id: "name",
      label: "Name",
      width: 150,
      fixed: true,
      sortBy: ({ name }) => name,
      cell: ({ name }) => (
        <span className="mono" title={name}>
          <VisibleText text={name} />
        </span>
      ),
    },
    {
      id: "vhost",
      label: "Virtual host",
      width: 130,
      hidden: !vhosts,
      sortBy: ({ vhost }) => vhost,
      cell: ({ vhost }) => <span className="mono">{vhost}</span>,
    },
    {
      id: "pattern",
      label: "Pattern",
      width: 160,
      sortBy: ({ pattern }) => pattern,
      cell: ({ pattern }) => (
        <span className="mono" title={pattern}>
          <VisibleText text={pattern} />
        </span>
      ),
    },
    { id: "apply", label: "Of", width: 140, cell: (policy) => targetWords(policy["apply-to"]) },
    {
      id: "definition",
      label: "Sets",
      width: 200,
      grow: true,
      cell: ({ definition }) => (
        <span className="text-ink-2" title={definitionWords(definition)}>
          <VisibleText text={definitionWords(definition).slice(0, 300)} />
        </span>
      ),
    },
    {
      id: "priority",
      label: "Priority",
      width: 76,
      align: "end",
      sortFirst: "desc",
      sortBy: ({ priority }) => priority,
      cell: ({ priority }) => priority,
    },
  ];
  return narrow ? columns.filter(({ id }) => id === "name" || id === "pattern") : columns;
}
