"use client";

import { useQuery } from "@tanstack/react-query";
import { queueHref } from "@/components/queues/links";
import { ErrorNote } from "@/components/ui/error-state";
import { SectionHead } from "@/components/ui/page-head";
import { Skeleton } from "@/components/ui/skeleton";
import { Tag } from "@/components/ui/tag";
import { TextLink } from "@/components/ui/text-link";
import { NameText } from "@/components/ui/visible-text";
import { ApiError } from "@/lib/api-client/client";
import { type Channel, type Consumer, connectionChannelsQuery, consumersQuery } from "@/lib/api-client/connections";
import { formatCount, formatNoun, formatRate } from "@/lib/format/numbers";

/** The channels of one connection, each with its consumers. */
export function ConnectionChannels({ name }: { name: string }) {
  const channels = useQuery(connectionChannelsQuery(name));
  const vhost = channels.data?.[0]?.vhost;
  const consumers = useQuery({ ...consumersQuery(vhost ?? null), enabled: vhost !== undefined });
  const failed = channels.error instanceof ApiError && channels.error.status !== 404;
  return (
    <section aria-label="Channels">
      <SectionHead title="Channels" note={channels.data && formatCount(channels.data.length)} />
      {failed && channels.data === undefined && (
        <div className="px-4">
          <ErrorNote title="The channels could not be read." error={channels.error} />
        </div>
      )}
      {channels.data === undefined && !channels.error && (
        <div className="px-4 py-2">
          <Skeleton width={180} />
        </div>
      )}
      {channels.data?.length === 0 && <p className="px-4 pb-2 text-ink-3">It has opened no channel.</p>}
      <ul className="border-line [&>li]:border-t [&>li]:border-line [&>li:last-child]:border-b">
        {channels.data?.map((channel) => (
          <ChannelItem
            key={channel.name}
            channel={channel}
            consumers={consumers.data?.filter((each) => each.channel_details.name === channel.name) ?? []}
          />
        ))}
      </ul>
    </section>
  );
}

function ChannelItem({ channel, consumers }: { channel: Channel; consumers: readonly Consumer[] }) {
  const { message_stats: stats } = channel;
  const flows = [
    stats.publish > 0 && `${formatCount(stats.publish)} published (${formatRate(stats.publish_details.rate)})`,
    stats.deliver_get > 0 &&
      `${formatCount(stats.deliver_get)} delivered (${formatRate(stats.deliver_get_details.rate)})`,
    channel.messages_unacknowledged > 0 && `${formatCount(channel.messages_unacknowledged)} unacked`,
    channel.messages_unconfirmed > 0 && `${formatCount(channel.messages_unconfirmed)} unconfirmed`,
  ].filter((each) => each !== false);
  return (
    <li className="px-4 py-2 text-12">
      <p className="flex flex-wrap items-center gap-2">
        <b className="font-semibold">Channel {channel.number}</b>
        {channel.confirm && <Tag>confirms</Tag>}
        {channel.transactional && <Tag>transactional</Tag>}
        <span className="text-ink-3">{prefetchWords(channel)}</span>
      </p>
      {flows.length > 0 && <p className="text-ink-2">{flows.join(" · ")}</p>}
      {consumers.map((consumer) => (
        <p key={consumer.consumer_tag} className="text-ink-2">
          takes from{" "}
          <span className="mono">
            <TextLink href={queueHref(consumer.queue.vhost, consumer.queue.name)}>
              <NameText text={consumer.queue.name} />
            </TextLink>
          </span>
          , holds {consumer.held === 0 ? "nothing" : formatNoun(consumer.held, "message")}
        </p>
      ))}
    </li>
  );
}

/** What `basic.qos` set. */
function prefetchWords({ prefetch_count: each, global_prefetch_count: all }: Channel): string {
  const words = [each > 0 && `prefetch ${formatCount(each)}`, all > 0 && `${formatCount(all)} for the channel`];
  return words.filter((word) => word !== false).join(", ") || "no prefetch limit";
}
