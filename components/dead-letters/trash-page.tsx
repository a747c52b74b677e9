"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArchiveRestore, ArrowLeft } from "lucide-react";
import { useMemo, useState } from "react";
import { useForbiddenChange } from "@/components/shell/permission";
import { useVhost, withVhost } from "@/components/shell/vhost";
import { Button, ButtonLink } from "@/components/ui/button";
import type { Column } from "@/components/ui/data-table/columns";
import { DataTable } from "@/components/ui/data-table/data-table";
import { useSort } from "@/components/ui/data-table/use-sort";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-state";
import { FilterBar } from "@/components/ui/filter/filter-bar";
import { FilterField } from "@/components/ui/filter/filter-field";
import { useFilter } from "@/components/ui/filter/use-filter";
import { PageHead } from "@/components/ui/page-head";
import { RelativeTime } from "@/components/ui/relative-time";
import { showDone } from "@/components/ui/toast";
import { NameText, VisibleText } from "@/components/ui/visible-text";
import { restoreTrash, type TrashBatch, trashQuery } from "@/lib/api-client/trash";
import { formatCount, formatNoun } from "@/lib/format/numbers";

const actionWords: Readonly<Record<TrashBatch["action"], string>> = {
  discard: "discarded",
  purge: "purged",
  drop: "dropped",
  delete: "deleted",
};
const qualifiers: readonly string[] = ["queue", "by", "action"];

/** What was discarded, purged or deleted and can still be put back. */
export function TrashPage() {
  const { vhost } = useVhost();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(trashQuery(vhost));
  const { query, setQuery, clear, filtered, key } = useFilter(qualifiers);
  const { sort, onSort } = useSort({ column: "at", descending: true });
  const [restoring, setRestoring] = useState<string | null>(null);
  const [failure, setFailure] = useState<unknown>(null);

  const rows = useMemo(
    () => data?.filter((batch) => batch.restored_at === null && matches(batch, query)),
    [data, query],
  );
  const restore = async (batch: TrashBatch) => {
    setRestoring(batch.id);
    setFailure(null);
    try {
      const { restored } = await restoreTrash(batch.id);
      const left = batch.count - restored;
      showDone({
        icon: <ArchiveRestore className="icon-14" aria-hidden="true" />,
        message:
          batch.bindings === null
            ? `${formatNoun(restored, "message")} back in ${batch.queue ?? "their queues"}${left > 0 ? `; ${formatCount(left)} had nowhere to go` : ""}`
            : `Queue ${batch.queue} is back, with ${formatNoun(restored, "message")}`,
      });
    } catch (reason) {
      setFailure(reason);
    } finally {
      setRestoring(null);
      for (const each of ["trash", "queues", "bindings", "messages", "dead-letters", "overview"]) {
        void client.invalidateQueries({ queryKey: [each] });
      }
    }
  };
  const columns = trashColumns(vhost === null, restoring, useForbiddenChange(), (batch) => void restore(batch));

  return (
    <>
      <PageHead
        title="Trash"
        note="Restoring brings back order and ids"
        actions={
          <ButtonLink
            variant="ghost"
            href={withVhost("/dead-letters", vhost)}
            icon={<ArrowLeft className="icon-14" aria-hidden="true" />}
          >
            Dead letters
          </ButtonLink>
        }
      />
      <FilterBar>
        <FilterField
          query={query}
          onChange={setQuery}
          names={qualifiers}
          label="Search the trash"
          placeholder="Queue or person, or action:purge"
        />
      </FilterBar>
      {failure !== null && (
        <div className="px-4 pb-2">
          <ErrorNote
            title="Nothing was restored."
            error={failure}
            lost="The batch is still in the trash, unless it says otherwise."
          />
        </div>
      )}
      <DataTable
        name="trash"
        label="Trash"
        columns={columns}
        rows={rows}
        rowId={(batch) => batch.id}
        sort={sort}
        onSort={onSort}
        primary
        secondLine={(batch) => (
          <span className="text-ink-3">
            {wordsOf(batch)} {actionWords[batch.action]} by {batch.by}
          </span>
        )}
        filtered={filtered}
        viewKey={key}
        error={error}
        onRetry={() => void refetch()}
        empty={
          <EmptyState title="The trash is empty">
            What you discard among the dead letters or purge from a queue waits here, and queues that you delete. It can
            be put back until it expires.
          </EmptyState>
        }
        nothingMatches={
          <EmptyState title="Nothing matches" actions={<Button onClick={clear}>Show all of the trash</Button>}>
            Nothing in the trash has all of that.
          </EmptyState>
        }
      />
    </>
  );
}

function matches(
  batch: TrashBatch,
  query: { terms: readonly { name: string; value: string }[]; text: string },
): boolean {
  const has = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase());
  const text = `${batch.queue ?? "several queues"} ${batch.by} ${batch.action} ${batch.vhost}`;
  return (
    has(text, query.text) &&
    query.terms.every(({ name, value }) =>
      has(name === "queue" ? (batch.queue ?? "") : name === "by" ? batch.by : batch.action, value),
    )
  );
}

/** "Queue, 2 bindings, 5 messages" */
function wordsOf({ bindings, count }: TrashBatch): string {
  const messages = formatNoun(count, "message");
  return bindings === null ? messages : `Queue, ${formatNoun(bindings, "binding")}, ${messages},`;
}

function trashColumns(
  vhosts: boolean,
  restoring: string | null,
  forbidden: string | undefined,
  restore: (batch: TrashBatch) => void,
): Column<TrashBatch>[] {
  return [
    {
      id: "queue",
      label: "Taken from",
      width: 200,
      grow: true,
      fixed: true,
      sortBy: (batch) => batch.queue ?? "",
      cell: (batch) =>
        batch.queue === null ? (
          <span className="text-ink-2">several queues</span>
        ) : (
          <span className="mono">
            <VisibleText text={batch.queue} />
          </span>
        ),
    },
    {
      id: "vhost",
      label: "Virtual host",
      width: 110,
      hidden: !vhosts,
      sortBy: (batch) => batch.vhost,
      cell: (batch) => (
        <span className="mono">
          <NameText text={batch.vhost} />
        </span>
      ),
    },
    {
      id: "action",
      label: "What happened",
      width: 120,
      sortBy: (batch) => batch.action,
      cell: (batch) => (batch.bindings === null ? actionWords[batch.action] : "queue deleted"),
    },
    {
      id: "by",
      label: "By",
      width: 110,
      sortBy: (batch) => batch.by,
      cell: (batch) => <VisibleText text={batch.by} />,
    },
    {
      id: "count",
      label: "Messages",
      width: 92,
      align: "end",
      sortBy: (batch) => batch.count,
      cell: (batch) => <b className="font-semibold">{formatCount(batch.count)}</b>,
    },
    {
      id: "at",
      label: "When",
      width: 96,
      align: "end",
      sortBy: (batch) => Date.parse(batch.at),
      cell: (batch) => (
        <span className="text-ink-2">
          <RelativeTime at={batch.at} />
        </span>
      ),
    },
    {
      id: "expires",
      label: "Expires",
      width: 96,
      align: "end",
      sortBy: (batch) => Date.parse(batch.expires_at),
      cell: (batch) => (
        <span className="text-ink-2">
          <RelativeTime at={batch.expires_at} />
        </span>
      ),
    },
    {
      id: "restore",
      label: "Restore",
      width: 108,
      align: "end",
      fixed: true,
      cell: (batch) => (
        <Button
          busy={restoring === batch.id}
          disabledReason={forbidden}
          onClick={() => restore(batch)}
          aria-label={`Restore ${batch.bindings === null ? `${formatNoun(batch.count, "message")} of ${batch.queue ?? "several queues"}` : `queue ${batch.queue}`}`}
        >
          Restore
        </Button>
      ),
    },
  ];
}
