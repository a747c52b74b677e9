"use client";

import type { QueueName } from "@/components/queues/params";
import { QueueOverview } from "@/components/queues/queue-overview";
import { QueueView } from "@/components/queues/queue-view";

/** A queue's first page: figures, charts, bindings. */
export function QueueOverviewPage({ vhost, name }: QueueName) {
  return (
    <QueueView vhost={vhost} name={name} tab="overview">
      {(queue) => <QueueOverview vhost={vhost} name={name} queue={queue} />}
    </QueueView>
  );
}
