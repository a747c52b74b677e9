"use client";

import { MessagesView } from "@/components/messages/messages-view";
import type { QueueName } from "@/components/queues/params";
import { QueueView } from "@/components/queues/queue-view";

/** The messages in a queue, read without consuming. */
export function QueueMessagesPage({ vhost, name }: QueueName) {
  return (
    <QueueView vhost={vhost} name={name} tab="messages">
      {() => <MessagesView vhost={vhost} queue={name} />}
    </QueueView>
  );
}
