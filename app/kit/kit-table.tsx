"use client";

import { Eraser, MailX, Plus, Trash2, TrendingUp } from "lucide-react";
import { useMemo, useState } from "react";
import { type SampleQueue, sampleQueues } from "@/app/kit/sample-queues";
import { AttentionLine } from "@/components/ui/attention-line";
import { Badge, Badges } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { Column } from "@/components/ui/data-table/columns";
import { ColumnsButton, DensityButton } from "@/components/ui/data-table/columns-button";
import { DataTable } from "@/components/ui/data-table/data-table";
import { ListFoot } from "@/components/ui/data-table/list-foot";
import { NameCell, RowHint } from "@/components/ui/data-table/name-cell";
import { CountCell, RateCell } from "@/components/ui/data-table/number-cells";
import { useSelection } from "@/components/ui/data-table/use-selection";
import { useSort } from "@/components/ui/data-table/use-sort";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar, SelectionBar } from "@/components/ui/filter/filter-bar";
import { FilterField } from "@/components/ui/filter/filter-field";
import { useFilter } from "@/components/ui/filter/use-filter";
import { KeyValues } from "@/components/ui/key-values";
import { PageHead } from "@/components/ui/page-head";
import { Sparkline } from "@/components/ui/sparkline";
import { PanelHead, SplitView } from "@/components/ui/split-view";
import { StateGlyph } from "@/components/ui/state-glyph";
import { Tabs } from "@/components/ui/tabs";
import { formatCount, formatNoun } from "@/lib/format/numbers";

function Hint({ queue }: { queue: SampleQueue }) {
  if (queue.hint === "growing") return <RowHint icon={<TrendingUp aria-hidden="true" />}>growing 10 min</RowHint>;
  if (queue.hint === "dead")
    return (
      <RowHint tone="danger" icon={<MailX aria-hidden="true" />}>
        4,812 dead
      </RowHint>
    );
  return null;
}

const overview = "Overview";
const messages = "Messages";
const rates = "Message rates";
const columns: readonly Column<SampleQueue>[] = [
  {
    id: "name",
    label: "Name",
    group: overview,
    width: 230,
    grow: true,
    fixed: true,
    sortBy: (queue) => queue.name,
    cell: (queue) => (
      <NameCell
        name={queue.name}
        href="/kit"
        hint={
          <span className="contents phone:hidden">
            <Hint queue={queue} />
          </span>
        }
      />
    ),
  },
  {
    id: "type",
    label: "Type",
    group: overview,
    width: 64,
    sortBy: (queue) => queue.type,
    cell: (queue) => <span className="text-ink-2">{queue.type}</span>,
  },
  {
    id: "features",
    label: "Features",
    group: overview,
    width: 138,
    cell: (queue) => (
      <Badges>
        {queue.features.map((feature) => (
          <Badge key={feature} title={`x-${feature}`}>
            {feature}
          </Badge>
        ))}
      </Badges>
    ),
  },
  {
    id: "state",
    label: "State",
    group: overview,
    width: 90,
    sortBy: (queue) => queue.state,
    cell: (queue) => <StateGlyph state={queue.state} />,
  },
  {
    id: "ready",
    label: "Ready",
    group: messages,
    width: 78,
    align: "end",
    phone: true,
    sortBy: (queue) => queue.ready,
    cell: (queue) => <CountCell value={queue.ready} />,
  },
  {
    id: "unacked",
    label: "Unacked",
    group: messages,
    width: 86,
    align: "end",
    sortBy: (queue) => queue.unacked,
    cell: (queue) => <CountCell value={queue.unacked} />,
  },
  {
    id: "total",
    label: "Total",
    group: messages,
    width: 70,
    align: "end",
    sortBy: (queue) => (queue.ready ?? 0) + (queue.unacked ?? 0),
    cell: (queue) => <CountCell value={queue.ready === null ? null : queue.ready + (queue.unacked ?? 0)} strong />,
  },
  {
    id: "trend",
    label: "10 min",
    group: messages,
    width: 88,
    cell: (queue) => (
      <Sparkline
        values={queue.trend}
        tone={queue.hint === "growing" ? "warn" : queue.hint === "dead" ? "danger" : "ink"}
        label="Ready in the last ten minutes"
      />
    ),
  },
  {
    id: "incoming",
    label: "incoming",
    group: rates,
    width: 76,
    align: "end",
    phone: true,
    sortBy: (queue) => queue.incoming,
    cell: (queue) => <RateCell value={queue.incoming} />,
  },
  {
    id: "deliver",
    label: "deliver / get",
    group: rates,
    width: 100,
    align: "end",
    sortBy: (queue) => queue.deliver,
    cell: (queue) => <RateCell value={queue.deliver} />,
  },
  {
    id: "redelivered",
    label: "redelivered",
    group: rates,
    width: 88,
    align: "end",
    hidden: true,
    cell: () => <RateCell value={0} />,
  },
];
const qualifiers = ["state", "type", "headers."];

/** A whole list page of made-up queues: `?rows=10000`, `?rows=0`, `?state=loading`, `?state=error`. */
export function KitTable({ rows: count, mode }: { rows: number; mode: string | undefined }) {
  const all = useMemo(() => sampleQueues(count), [count]);
  const { query, setQuery, clear, filtered, key } = useFilter(qualifiers);
  const selection = useSelection();
  const { sort, onSort } = useSort({ column: "ready", descending: true });
  const [open, setOpen] = useState<string | null>(null);
  const rows = useMemo(
    () =>
      all.filter(
        (queue) =>
          queue.name.includes(query.text) &&
          query.terms.every((term) => (term.name === "state" ? queue.state === term.value : queue.type === term.value)),
      ),
    [all, query],
  );
  const opened = rows.find((queue) => queue.name === open);
  const chosen = selection.everything ? rows.length : selection.ids.size;
  const close = () => setOpen(null);

  return (
    <>
      <PageHead
        title="Queues"
        note={formatCount(all.length)}
        actions={
          <Button variant="primary" icon={<Plus className="icon-14" aria-hidden="true" />}>
            Add queue
          </Button>
        }
      />
      <Tabs
        label="Views"
        tabs={[
          { href: "/kit?table=1", label: "All", count: formatCount(all.length), current: true },
          { href: "/kit?table=2", label: "Needs attention", count: "3", tone: "warn", current: false },
          { href: "/kit?table=3", label: "With dead letters", count: "7", current: false },
        ]}
      />
      <AttentionLine
        lead="3 need attention"
        items={[
          { href: "/kit?a", name: "sms.outbound", text: "no consumer for 38 min" },
          { href: "/kit?b", name: "orders.payment", text: "3.4/s in, 1.3/s out; workers full" },
          { href: "/kit?c", name: "webhooks.partner", text: "4,812 dead letters, one new cause" },
        ]}
      />
      <SplitView
        name="kit"
        panelLabel={`Queue ${open}`}
        onClose={close}
        width={420}
        panel={
          opened ? (
            <>
              <PanelHead onClose={close} actions={<Button>Publish</Button>}>
                <StateGlyph state={opened.state} />
                <code className="clip-text font-semibold">{opened.name}</code>
              </PanelHead>
              <div className="overflow-auto p-4">
                <KeyValues
                  rows={[
                    { name: "x-message-ttl", value: "60000", note: "number" },
                    { name: "x-dead-letter-exchange", value: "shop.dlx", note: "string" },
                    {
                      name: "description",
                      value: "A value that is long enough to go on over the end of its line, as values do.",
                    },
                  ]}
                />
              </div>
            </>
          ) : null
        }
      >
        {chosen > 0 ? (
          <SelectionBar selection={selection} total={rows.length}>
            <Button variant="danger" icon={<Eraser className="icon-14" aria-hidden="true" />}>
              Purge 1,498 ready…
            </Button>
            <Button
              variant="danger"
              icon={<Trash2 className="icon-14" aria-hidden="true" />}
              disabledReason="You may look but not change."
            >
              Delete {formatNoun(chosen, "queue")}…
            </Button>
          </SelectionBar>
        ) : (
          <FilterBar
            end={
              <>
                <ColumnsButton name="kit" columns={columns} />
                <DensityButton />
              </>
            }
          >
            <FilterField
              query={query}
              onChange={setQuery}
              names={qualifiers}
              label="Filter queues"
              placeholder="Filter by name, or state:flow type:quorum"
              complete={(word) =>
                word === ""
                  ? []
                  : ["state:running", "state:flow", "state:idle", "type:quorum"]
                      .filter((each) => each.startsWith(word))
                      .map((insert) => ({ insert, hint: "in 98 %" }))
              }
              completeTitle="Values that occur"
            />
          </FilterBar>
        )}
        <DataTable
          name="kit"
          label="Queues"
          primary
          columns={columns}
          rows={mode === undefined ? rows : undefined}
          error={mode === "error" ? new Error("The server answered 500.") : undefined}
          onRetry={() => location.reload()}
          rowId={(queue) => queue.name}
          sort={sort}
          onSort={onSort}
          selection={selection}
          openId={open}
          onOpen={(queue) => setOpen(queue.name)}
          onClose={close}
          secondLine={(queue) => (
            <>
              <StateGlyph state={queue.state} />
              <Hint queue={queue} />
            </>
          )}
          filtered={filtered}
          viewKey={key}
          empty={
            <EmptyState title="No queues in shop" actions={<Button>Add queue</Button>}>
              A queue holds messages until a consumer takes them.
            </EmptyState>
          }
          nothingMatches={
            <EmptyState title="Nothing matches">
              <code>{query.text}</code> occurs nowhere.{" "}
              <button type="button" className="link" onClick={clear}>
                Show all {formatNoun(all.length, "queue")}
              </button>
            </EmptyState>
          }
        />
        <ListFoot
          keys={[
            [["j", "k"], "row"],
            [["x"], "select"],
            [["Enter"], "open"],
            [["?"], "all keys"],
          ]}
        >
          {formatNoun(rows.length, "queue")}
        </ListFoot>
      </SplitView>
    </>
  );
}
