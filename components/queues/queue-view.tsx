"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Send } from "lucide-react";
import dynamic from "next/dynamic";
import type { ReactNode } from "react";
import { publishHref, queueHref } from "@/components/queues/links";
import { Features } from "@/components/queues/queue-features";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { HeadRule, PageHead } from "@/components/ui/page-head";
import { StateGlyph } from "@/components/ui/state-glyph";
import { Tabs } from "@/components/ui/tabs";
import { ApiError } from "@/lib/api-client/client";
import { knownQueue, type Queue, queueQuery } from "@/lib/api-client/queues";
import { formatCount } from "@/lib/format/numbers";

/** They come with the queue, which has to be asked for first as well. */
const QueueActions = dynamic(() => import("@/components/queues/queue-actions").then((module) => module.QueueActions), {
  ssr: false,
});
const PolicyLinks = dynamic(() => import("@/components/policies/policy-links").then((module) => module.PolicyLinks), {
  ssr: false,
});

export type QueueTab = "overview" | "messages" | "arguments";

/** The frame of a queue's pages: its name and state, what can be done with it, its tabs, and one of them. */
export function QueueView({
  vhost,
  name,
  tab,
  children,
}: {
  vhost: string;
  name: string;
  tab: QueueTab;
  /** The tab's content; given the queue, which is undefined while loading. */
  children: (queue: Queue | undefined) => ReactNode;
}) {
  const client = useQueryClient();
  const {
    data: queue,
    error,
    refetch,
  } = useQuery({
    ...queueQuery(vhost, name),
    // Whoever comes from a list has seen most of it already.
    placeholderData: () => knownQueue(client, vhost, name),
  });
  const gone = error instanceof ApiError && error.status === 404;
  return (
    <>
      <PageHead
        title={name}
        mono
        actions={
          queue &&
          !gone && (
            <>
              <ButtonLink href={publishHref(vhost, "", name)} icon={<Send className="icon-14" aria-hidden="true" />}>
                Publish
              </ButtonLink>
              <HeadRule />
              <QueueActions queue={queue} />
            </>
          )
        }
      >
        {queue && !gone && (
          <>
            <StateGlyph state={queue.state} />
            <span className="text-ink-2">{queue.type}</span>
            <Features of={queue} />
            <PolicyLinks of={queue} />
          </>
        )}
      </PageHead>
      {gone ? (
        <EmptyState
          title={`There is no queue ${name} in ${vhost}`}
          actions={<ButtonLink href="/queues">See all queues</ButtonLink>}
        >
          It may have been deleted, by a person or because it was auto-delete or had expired.
        </EmptyState>
      ) : error && queue === undefined ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          <Tabs
            label={`Pages of ${name}`}
            tabs={[
              { href: queueHref(vhost, name), label: "Overview", current: tab === "overview" },
              {
                href: queueHref(vhost, name, "messages"),
                label: "Messages",
                current: tab === "messages",
                ...(queue && { count: formatCount(queue.messages) }),
                ...(queue && queue.dead_letters > 0 && { tone: "danger" as const }),
              },
              {
                href: queueHref(vhost, name, "arguments"),
                label: "Arguments",
                current: tab === "arguments",
                ...(queue && { count: formatCount(Object.keys(queue.arguments).length) }),
              },
            ]}
          />
          {children(queue)}
        </>
      )}
    </>
  );
}
