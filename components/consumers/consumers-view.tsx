"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useMemo } from "react";
import { connectionHref, consumerName, consumerPeer } from "@/components/connections/links";
import { consumerColumns } from "@/components/consumers/consumer-columns";
import { type ConsumerWork, workOf } from "@/components/consumers/consumer-work";
import { LaneLegend } from "@/components/consumers/lane";
import { WorkWord } from "@/components/consumers/work-cells";
import { isFull, workersWanted } from "@/components/queues/attention";
import { queueHref } from "@/components/queues/links";
import { AttentionLine } from "@/components/ui/attention-line";
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
import { useNow } from "@/components/ui/relative-time";
import { NameText } from "@/components/ui/visible-text";
import { useVhostColumns } from "@/components/vhosts/use-vhost-columns";
import { ListTools } from "@/components/views/list-tools";
import { consumersQuery } from "@/lib/api-client/connections";
import { type Queue, queuesQuery } from "@/lib/api-client/queues";
import { formatCount } from "@/lib/format/numbers";
import { formatDuration } from "@/lib/format/times";

const consumerId = ({ consumer }: ConsumerWork) => `${consumer.channel_details.name} ${consumer.consumer_tag}`;
const qualifiers = ["queue", "state", "user", "vhost"] as const;
const states = ["state:busy", "state:free", "state:stuck", "state:waits"];
/** The attention line has room for so many. */
const attentionShown = 3;

/** The consumers of one vhost, or of all (`vhost` null): who is busy, with what, since when. */
export function ConsumersView({ vhost }: { vhost: string | null }) {
  const router = useRouter();
  const now = useNow();
  const { data, error, refetch } = useQuery(consumersQuery(vhost));
  const atQueues = useQuery(queuesQuery(vhost));
  const { query, setQuery, clear, filtered, key } = useFilter(qualifiers);
  const { sort, onSort } = useSort({ column: "queue", descending: false });
  const all = useMemo(() => data && workOf(data, now), [data, now]);
  const rows = useMemo(() => all?.filter((row) => matches(row, query)), [all, query]);
  const columns = useVhostColumns(consumerColumns, vhost);
  const queues = useMemo(() => [...new Set(data?.map(({ queue }) => queue.name))], [data]);
  const full = useMemo(() => (atQueues.data ?? []).filter(isFull), [atQueues.data]);
  const stuck = (all ?? []).filter(({ work }) => work === "stuck");
  return (
    <>
      <PageHead title="Consumers" note={data && formatCount(data.length)} divided />
      {stuck.length > 0 && (
        <AttentionLine
          lead={`${formatCount(stuck.length)} probably stuck`}
          items={stuck.slice(0, attentionShown).map(({ consumer, heldSince, usualMs }) => ({
            href: queueHref(consumer.queue.vhost, consumer.queue.name),
            name: consumerName(consumer),
            text: `holds a message for ${formatDuration(now - (heldSince ?? now))}${usualMs === null ? "" : `; ${formatDuration(usualMs)} is usual`}`,
          }))}
        />
      )}
      {full.length > 0 && (
        <AttentionLine
          lead={full.length === 1 ? "Add workers" : `Add workers to ${formatCount(full.length)} queues`}
          items={full.slice(0, attentionShown).map((queue) => ({
            href: queueHref(queue.vhost, queue.name),
            name: queue.name,
            text: hintOf(queue),
          }))}
        />
      )}
      <FilterBar end={<ListTools name="consumers" columns={columns} />}>
        <FilterField
          query={query}
          onChange={setQuery}
          names={qualifiers}
          label="Filter the consumers"
          placeholder="Filter by name or address, or state:busy"
          completeTitle="What consumers can be filtered by"
          complete={completionsFrom([...states, ...queues.map((queue) => `queue:${queue}`)])}
        />
      </FilterBar>
      <DataTable
        name="consumers"
        label="Consumers"
        columns={columns}
        rows={rows}
        rowId={consumerId}
        sort={sort}
        onSort={onSort}
        primary
        onOpen={({ consumer }) => router.push(connectionHref(consumer.channel_details.connection_name))}
        secondLine={(row) => (
          <span className="flex items-center gap-2">
            <WorkWord of={row} />
            <span className="text-ink-3">
              <NameText text={row.consumer.queue.name} />
            </span>
          </span>
        )}
        filtered={filtered}
        viewKey={key}
        error={error}
        onRetry={() => void refetch()}
        empty={
          <EmptyState
            title={vhost === null ? "No consumers" : `No consumers in ${vhost}`}
            actions={<ButtonLink href="/queues?view=untaken">See the queues that nobody takes from</ButtonLink>}
          >
            A consumer is a client that a queue's messages are pushed to. Each appears here with what it holds, as soon
            as it subscribes.
          </EmptyState>
        }
        nothingMatches={<NothingMatches onClear={clear}>No consumer here has all of that.</NothingMatches>}
      />
      <ListFoot
        keys={[
          [["j", "k"], "row"],
          [["Enter"], "open the connection"],
          [["?"], "all keys"],
        ]}
      >
        <ShownCount shown={rows?.length} all={data?.length} />
        <span className="narrow:hidden">
          <LaneLegend requeued={hasRequeued(rows)} stuck={stuck.length > 0} />
        </span>
      </ListFoot>
    </>
  );
}

/** All consumers of the queue are busy while messages wait: how many more would do. */
function hintOf(queue: Queue): string {
  const wanted = workersWanted(queue);
  const waits = `${formatCount(queue.messages_ready)} wait while all ${formatCount(queue.consumers)} are busy`;
  return wanted === null || wanted === 0 ? waits : `${waits}; ${formatCount(wanted)} more would keep up`;
}

function hasRequeued(rows: readonly ConsumerWork[] | undefined): boolean {
  return rows?.some(({ consumer }) => consumer.recent.some(({ outcome }) => outcome === "requeued")) ?? false;
}

function matches({ consumer, work }: ConsumerWork, query: Query): boolean {
  const text = `${consumerName(consumer)} ${consumerPeer(consumer)} ${consumer.consumer_tag} ${consumer.queue.name}`;
  if (!text.toLowerCase().includes(query.text.toLowerCase())) return false;
  const values = {
    queue: consumer.queue.name,
    state: work,
    user: consumer.channel_details.user,
    vhost: consumer.queue.vhost,
  };
  return query.terms.every(({ name, value }) => values[name as keyof typeof values] === value.replace(/\?$/, ""));
}
