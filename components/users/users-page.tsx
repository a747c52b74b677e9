"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsString, useQueryState } from "nuqs";
import { useMemo, useState } from "react";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { useForbiddenAdministration } from "@/components/shell/permission";
import { Button } from "@/components/ui/button";
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
import { tagWords } from "@/components/users/tags";
import { type UserRow, userColumns } from "@/components/users/user-columns";
import { permissionsQuery, usersQuery } from "@/lib/api-client/users";
import { formatCount } from "@/lib/format/numbers";

// The list needs neither.
const UserPanel = dynamic(() => import("@/components/users/user-panel").then((parts) => parts.UserPanel), {
  ssr: false,
  loading: PanelSkeleton,
});
const UserDialog = dynamic(() => import("@/components/users/user-dialog").then((parts) => parts.UserDialog), {
  ssr: false,
});

const qualifiers = ["tag", "vhost"] as const;

/** Who may log in, and what each may do in which virtual host. */
export function UsersPage() {
  const users = useQuery(usersQuery);
  const permissions = useQuery(permissionsQuery);
  const [open, setOpen] = useQueryState("open", parseAsString);
  const [adding, setAdding] = useState(false);
  const { query, setQuery, clear, filtered, key } = useFilter(qualifiers);
  const { sort, onSort } = useSort({ column: "name", descending: false });
  const forbidden = useForbiddenAdministration();
  const all = useMemo(
    () =>
      users.data?.map(
        (user): UserRow => ({
          ...user,
          vhosts: permissions.data?.filter((each) => each.user === user.name).map(({ vhost }) => vhost),
        }),
      ),
    [users.data, permissions.data],
  );
  const rows = useMemo(
    () =>
      all?.filter(
        ({ name, tags, vhosts }) =>
          name.toLowerCase().includes(query.text.toLowerCase()) &&
          query.terms.every((term) => (term.name === "tag" ? tags : (vhosts ?? [])).includes(term.value)),
      ),
    [all, query],
  );
  const opened = all?.find(({ name }) => name === open);
  const close = () => void setOpen(null);
  return (
    <SplitView
      name="users"
      panelLabel={`User ${open}`}
      onClose={close}
      width={620}
      panel={
        open === null || users.data === undefined ? null : (
          <UserPanel key={open} name={open} user={opened} onClose={close} />
        )
      }
    >
      <PageHead
        title="Users"
        note={users.data && formatCount(users.data.length)}
        divided
        actions={
          <Button
            variant="primary"
            icon={<Plus className="icon-14" aria-hidden="true" />}
            disabledReason={forbidden}
            onClick={() => setAdding(true)}
          >
            Add user
          </Button>
        }
      />
      <FilterBar>
        <FilterField
          query={query}
          onChange={setQuery}
          names={qualifiers}
          label="Filter the users"
          placeholder="Filter by name, or tag:monitoring"
          completeTitle="What users can be filtered by"
          complete={completionsFrom([
            ...Object.keys(tagWords).map((tag) => `tag:${tag}`),
            ...[...new Set(permissions.data?.map(({ vhost }) => vhost))].map((vhost) => `vhost:${vhost}`),
          ])}
        />
      </FilterBar>
      <DataTable
        name="users"
        label="Users"
        columns={userColumns}
        rows={rows}
        rowId={({ name }) => name}
        sort={sort}
        onSort={onSort}
        openId={open}
        primary
        onOpen={({ name }) => void setOpen(name)}
        onClose={close}
        secondLine={({ vhosts }) => (
          <span className="mono text-ink-3">{vhosts?.length === 0 ? "no permissions" : vhosts?.join(", ")}</span>
        )}
        filtered={filtered}
        viewKey={key}
        error={users.error}
        onRetry={() => void users.refetch()}
        empty={<EmptyState title="No users">Whoever is logged in here is one, so this list is never empty.</EmptyState>}
        nothingMatches={<NothingMatches onClear={clear}>No user has all of that.</NothingMatches>}
      />
      {adding && <UserDialog user={null} onClose={() => setAdding(false)} onDone={(name) => void setOpen(name)} />}
    </SplitView>
  );
}
