"use client";

import { useQuery } from "@tanstack/react-query";
import { KeyFigure, KeyFigures } from "@/components/ui/key-figure";
import { Skeleton } from "@/components/ui/skeleton";
import { TextLink } from "@/components/ui/text-link";
import { overviewQuery } from "@/lib/api-client/overview";
import type { Queue } from "@/lib/api-client/queues";
import { rateOf } from "@/lib/api-client/rabbitmq-json";
import { formatCount, formatNoun, rateNumber } from "@/lib/format/numbers";

/** Totals of the queues that are shown: of one vhost, or of all. */
export function BrokerFigures({ queues }: { queues: readonly Queue[] | undefined }) {
  const { data: overview } = useQuery(overviewQuery());
  const sum = (of: (queue: Queue) => number) =>
    queues ? queues.reduce((total, queue) => total + of(queue), 0) : undefined;
  const count = (of: (queue: Queue) => number) => {
    const total = sum(of);
    return total === undefined ? <Skeleton width={48} /> : formatCount(total);
  };
  const rate = (name: "publish" | "deliver_get" | "ack") => {
    const total = sum((queue) => rateOf(queue.message_stats, name));
    return total === undefined ? <Skeleton width={40} /> : rateNumber(total);
  };
  const dead = sum((queue) => queue.dead_letters) ?? 0;
  return (
    <KeyFigures
      groups={[
        [
          <KeyFigure key="ready" label="Ready" value={count((queue) => queue.messages_ready)} />,
          <KeyFigure key="unacked" label="Unacked" value={count((queue) => queue.messages_unacknowledged)} />,
          <KeyFigure
            key="total"
            label="Total"
            value={count((queue) => queue.messages)}
            {...(dead > 0 && { note: `${formatCount(dead)} dead`, tone: "danger" as const })}
          />,
        ],
        [
          <KeyFigure key="in" label="incoming" value={rate("publish")} unit="/s" />,
          <KeyFigure key="out" label="deliver / get" value={rate("deliver_get")} unit="/s" />,
          <KeyFigure key="ack" label="ack" value={rate("ack")} unit="/s" />,
        ],
      ]}
      end={
        <ul className="flex h-full items-center gap-6 text-12">
          <li>
            <TextLink href="/queues">{queues ? formatNoun(queues.length, "queue") : "– queues"}</TextLink>
          </li>
          <li>
            <TextLink href="/consumers">
              {queues
                ? formatNoun(
                    queues.reduce((total, queue) => total + queue.consumers, 0),
                    "consumer",
                  )
                : "– consumers"}
            </TextLink>
          </li>
          <li>
            <TextLink href="/exchanges">
              {overview ? formatCount(overview.object_totals.exchanges) : "–"} exchanges
            </TextLink>
          </li>
        </ul>
      }
    />
  );
}
