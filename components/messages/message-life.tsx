"use client";

import { useQuery } from "@tanstack/react-query";
import { timelineHref } from "@/components/messages/links";
import { MessageTimeline } from "@/components/messages/message-timeline";
import { LifeTimeline } from "@/components/timeline/life";
import { TextLink } from "@/components/ui/text-link";
import type { Message } from "@/lib/api-client/messages";
import { timelineQuery } from "@/lib/api-client/timeline";

/** What happened to a message; what the message itself tells of it, until its history is there. */
export function MessageLife({ message }: { message: Message }) {
  const { data } = useQuery(timelineQuery(message.vhost, "id", String(message.message_id)));
  const life = data?.messages[0];
  return (
    <>
      {life ? <LifeTimeline vhost={message.vhost} life={life} /> : <MessageTimeline message={message} />}
      <p className="mt-2 text-12">
        <TextLink href={timelineHref(message.vhost, message.message_id)}>All of it</TextLink>
      </p>
    </>
  );
}
