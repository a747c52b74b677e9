"use client";

import type { QueueName } from "@/components/queues/params";
import { QueueArguments } from "@/components/queues/queue-arguments";
import { QueueView } from "@/components/queues/queue-view";

/** What a queue was declared with. */
export function QueueArgumentsPage({ vhost, name }: QueueName) {
  return (
    <QueueView vhost={vhost} name={name} tab="arguments">
      {(queue) => <QueueArguments queue={queue} />}
    </QueueView>
  );
}
