"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { connectionHref, consumerName, consumerPeer } from "@/components/connections/links";
import { type ConsumerWork, summaryOf, workOf } from "@/components/consumers/consumer-work";
import { Lane, LaneLegend } from "@/components/consumers/lane";
import { HeldFor, HeldMessage, WorkWord } from "@/components/consumers/work-cells";
import { ErrorNote } from "@/components/ui/error-state";
import { Link } from "@/components/ui/link";
import { SectionHead } from "@/components/ui/page-head";
import { useNow } from "@/components/ui/relative-time";
import { Skeleton } from "@/components/ui/skeleton";
import { TextLink } from "@/components/ui/text-link";
import { queueConsumersQuery } from "@/lib/api-client/connections";
import { formatCount } from "@/lib/format/numbers";

/** So many are drawn on the queue's page; the page of consumers has all of them. */
const most = 20;

/** Who takes messages from a queue: a lane each, the last minute, with what it holds now. */
export function QueueConsumers({ vhost, queue }: { vhost: string; queue: string }) {
  const now = useNow();
  const { data, error } = useQuery(queueConsumersQuery(vhost, queue));
  const rows = useMemo(() => data && byName(workOf(data, now)), [data, now]);
  const summary = rows && summaryOf(rows);
  const allHref = `/consumers?${new URLSearchParams({ vhost, q: `queue:${queue}` })}`;
  return (
    <section aria-label="Consumers" className="min-w-0">
      <SectionHead
        title="Consumers"
        note={
          rows &&
          summary &&
          rows.length > 0 && (
            <>
              {formatCount(rows.length)}
              <span className="ml-2">
                {summary.words}
                {summary.noRoom && (
                  <>
                    : <b className="font-semibold text-ink-2">no spare capacity</b>
                  </>
                )}
              </span>
            </>
          )
        }
        actions={
          rows &&
          rows.length > 0 && (
            <span className="text-12">
              <TextLink href={allHref}>
                {rows.length > most ? `All ${formatCount(rows.length)}` : "All columns"}
              </TextLink>
            </span>
          )
        }
      />
      {rows === undefined && error === null && (
        <div className="px-4 pb-4">
          <Skeleton width={220} />
        </div>
      )}
      {rows === undefined && error !== null && (
        <div className="px-4 pb-4">
          <ErrorNote title="The consumers could not be read." error={error} />
        </div>
      )}
      {rows?.length === 0 && (
        <p className="px-4 pb-4 text-ink-3">
          Nobody consumes from this queue. Workers that take messages over HTTP aren't listed here.
        </p>
      )}
      {rows && rows.length > 0 && <Lanes rows={rows.slice(0, most)} now={now} />}
    </section>
  );
}

function Lanes({ rows, now }: { rows: readonly ConsumerWork[]; now: number }) {
  return (
    <>
      <table className="w-full table-fixed border-collapse text-left">
        <colgroup>
          <col className="w-44 phone:w-auto" />
          <col className="w-16 phone:w-14" />
          <col className="phone:hidden" />
          <col className="w-32 phone:hidden" />
          <col className="w-22" />
        </colgroup>
        <thead className="text-11 text-ink-3">
          <tr className="border-b border-line [&>th]:py-1 [&>th]:font-normal">
            <th scope="col" className="pl-4">
              <span className="sr-only">Consumer</span>
            </th>
            <th scope="col">
              <span className="sr-only">State</span>
            </th>
            <th scope="col" className="phone:hidden">
              <span className="flex justify-between">
                <span>60 s ago</span>
                <span>now</span>
              </span>
            </th>
            <th scope="col" className="pl-3 phone:hidden">
              holds
            </th>
            <th scope="col" className="pr-4 text-right">
              for
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={`${row.consumer.channel_details.name} ${row.consumer.consumer_tag}`}
              className="border-b border-line"
            >
              <td className="py-1 pl-4">
                <ConsumerName row={row} />
              </td>
              <td>
                <WorkWord of={row} />
              </td>
              <td className="phone:hidden">
                <Lane of={row} now={now} />
              </td>
              <td className="pl-3 phone:hidden">
                <HeldMessage of={row} />
              </td>
              <td className="pr-4 text-right">
                <HeldFor of={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="px-4 py-2 phone:hidden">
        <LaneLegend
          requeued={rows.some(({ consumer }) => consumer.recent.some(({ outcome }) => outcome === "requeued"))}
          stuck={rows.some(({ work }) => work === "stuck")}
        />
      </div>
    </>
  );
}

function ConsumerName({ row: { consumer } }: { row: ConsumerWork }) {
  return (
    <span className="flex min-w-0 flex-col leading-4">
      <Link
        href={connectionHref(consumer.channel_details.connection_name)}
        className="mono clip-text hover:text-accent hover:underline"
        title={consumer.consumer_tag}
      >
        {consumerName(consumer)}
      </Link>
      <span className="clip-text text-11 text-ink-3">{consumerPeer(consumer)}</span>
    </span>
  );
}

/** By name, so that no lane jumps. */
function byName(rows: readonly ConsumerWork[]): ConsumerWork[] {
  return rows.toSorted((a, b) => consumerName(a.consumer).localeCompare(consumerName(b.consumer)));
}
