"use client";

import { MessagesView } from "@/components/messages/messages-view";
import { QueueArguments } from "@/components/queues/queue-arguments";
import { QueueOverview } from "@/components/queues/queue-overview";
import { QueueView } from "@/components/queues/queue-view";

interface QueueName {
  readonly vhost: string;
  readonly name: string;
}

export function QueueOverviewPage({ vhost, name }: QueueName) {
  return (
    <QueueView vhost={vhost} name={name} tab="overview">
      {(queue) => <QueueOverview vhost={vhost} name={name} queue={queue} />}
    </QueueView>
  );
}

export function QueueMessagesPage({ vhost, name }: QueueName) {
  return (
    <QueueView vhost={vhost} name={name} tab="messages">
      {() => <MessagesView vhost={vhost} queue={name} />}
    </QueueView>
  );
}

export function QueueArgumentsPage({ vhost, name }: QueueName) {
  return (
    <QueueView vhost={vhost} name={name} tab="arguments">
      {(queue) => <QueueArguments queue={queue} />}
    </QueueView>
  );
}
