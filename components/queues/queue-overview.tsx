"use client";

import { useQuery } from "@tanstack/react-query";
import { BindingsPanel } from "@/components/bindings/bindings-panel";
import { MessageCharts, useChartRange } from "@/components/charts/message-charts";
import { QueueConsumers } from "@/components/consumers/queue-consumers";
import { attentionOf, isFull } from "@/components/queues/attention";
import { effectiveDeliveryLimit, effectiveText } from "@/components/queues/effective";
import { exchangeHref, queueHref } from "@/components/queues/links";
import { AttentionLine } from "@/components/ui/attention-line";
import { KeyFigure, KeyFigures } from "@/components/ui/key-figure";
import { KeyValues } from "@/components/ui/key-values";
import { SectionHead } from "@/components/ui/page-head";
import { RelativeTime } from "@/components/ui/relative-time";
import { Skeleton } from "@/components/ui/skeleton";
import { TextLink } from "@/components/ui/text-link";
import { type Queue, queueSamplesQuery } from "@/lib/api-client/queues";
import { rateOf } from "@/lib/api-client/rabbitmq-json";
import { formatBytes, formatCount, formatNoun, rateNumber } from "@/lib/format/numbers";

/** Why a queue is as it is: figures, charts, where messages come from, and where failures go. */
export function QueueOverview({ vhost, name, queue }: { vhost: string; name: string; queue: Queue | undefined }) {
  const { range, setRange, ageMs, incrementMs } = useChartRange();
  const samples = useQuery(queueSamplesQuery(vhost, name, ageMs, incrementMs));
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      {queue && <QueueAttention queue={queue} />}
      <QueueFigures queue={queue} />
      <MessageCharts name="queue" samples={samples.data?.samples ?? []} range={range} onRange={setRange} />
      <div className="grid flex-1 grid-cols-[minmax(0,3fr)_minmax(0,2fr)] divide-x divide-line narrow:grid-cols-1 narrow:divide-x-0 narrow:divide-y">
        <QueueConsumers vhost={vhost} queue={name} />
        <div className="min-w-0">
          <BindingsPanel vhost={vhost} queue={name} />
          <section>
            <SectionHead title="Where failures go" />
            <div className="px-4 pb-4">{queue ? <Failures queue={queue} /> : <Skeleton width={200} />}</div>
          </section>
        </div>
      </div>
    </div>
  );
}

function QueueAttention({ queue }: { queue: Queue }) {
  const [attention] = attentionOf([queue]);
  if (attention === undefined) return null;
  const comesIn = `${rateNumber(rateOf(queue.message_stats, "publish"))}/s come in`;
  if (attention.kind === "dead") {
    return (
      <AttentionLine lead={formatNoun(queue.dead_letters, "dead letter")}>
        They wait here until a person decides.{" "}
        <TextLink
          href={`/dead-letters?vhost=${encodeURIComponent(queue.vhost)}&q=${encodeURIComponent(`queue:${queue.name}`)}`}
        >
          Retry or discard them
        </TextLink>
      </AttentionLine>
    );
  }
  if (attention.kind === "untaken") {
    return (
      <AttentionLine lead="Nobody takes messages">
        {comesIn}, and none is taken out.{" "}
        {queue.consumers === 0 ? "Nobody consumes here: is the consumer running?" : "Its consumers take nothing."}
      </AttentionLine>
    );
  }
  const goesOut = `${rateNumber(rateOf(queue.message_stats, "deliver_get"))}/s are taken`;
  if (attention.kind === "full") {
    return (
      <AttentionLine lead="All consumers busy">
        {formatNoun(queue.messages_ready, "message")} {queue.messages_ready === 1 ? "waits" : "wait"}, and no consumer
        has room: {comesIn}, {goesOut}. Add workers, or look at what slows them.
      </AttentionLine>
    );
  }
  return (
    <AttentionLine lead="Growing">
      {comesIn}, {goesOut}. {isFull(queue) && "No consumer has room. "}Add workers, or look at what slows them.
    </AttentionLine>
  );
}

function QueueFigures({ queue }: { queue: Queue | undefined }) {
  const count = (value: number | undefined) => (value === undefined ? <Skeleton width={48} /> : formatCount(value));
  const rate = (name: "publish" | "deliver_get" | "ack") =>
    queue ? rateNumber(rateOf(queue.message_stats, name)) : <Skeleton width={40} />;
  return (
    <KeyFigures
      groups={[
        [
          <KeyFigure key="ready" label="Ready" value={count(queue?.messages_ready)} />,
          <KeyFigure key="unacked" label="Unacked" value={count(queue?.messages_unacknowledged)} />,
          ...(queue && queue.messages_delayed > 0
            ? [<KeyFigure key="delayed" label="Delayed" value={count(queue.messages_delayed)} />]
            : []),
          <KeyFigure key="total" label="Total" value={count(queue?.messages)} />,
        ],
        [
          <KeyFigure key="in" label="incoming" value={rate("publish")} unit="/s" />,
          <KeyFigure key="out" label="deliver / get" value={rate("deliver_get")} unit="/s" />,
          <KeyFigure key="ack" label="ack" value={rate("ack")} unit="/s" />,
        ],
      ]}
      end={
        <dl className="flex gap-x-7">
          <KeyFigure
            label="Body bytes"
            value={
              queue ? (
                formatBytes(queue.message_bytes_ready + queue.message_bytes_unacknowledged)
              ) : (
                <Skeleton width={48} />
              )
            }
          />
          <KeyFigure
            label="Oldest waits"
            value={queue?.head_enqueued_at != null ? <RelativeTime at={queue.head_enqueued_at} age /> : "–"}
          />
        </dl>
      }
    />
  );
}

function Failures({ queue }: { queue: Queue }) {
  const exchange = effectiveText(queue, "dead-letter-exchange");
  const routingKey = effectiveText(queue, "dead-letter-routing-key");
  const deliveryLimit = effectiveDeliveryLimit(queue);
  const by = ({ byPolicy }: { byPolicy: boolean }) => byPolicy && { note: "by a policy" };
  const rows = [
    {
      name: "Dead-letter exchange",
      value:
        exchange.value === null ? (
          "none: rejected messages go to the trash"
        ) : (
          <TextLink href={exchangeHref(queue.vhost, exchange.value)}>{exchange.value || "(AMQP default)"}</TextLink>
        ),
      plain: exchange.value === null,
      ...by(exchange),
    },
    ...(routingKey.value === null ? [] : [{ name: "Routing key", value: routingKey.value, ...by(routingKey) }]),
    {
      name: "Delivery limit",
      value: deliveryLimit.value === null ? "none" : formatCount(deliveryLimit.value),
      plain: true,
      ...by(deliveryLimit),
    },
    {
      name: "Dead letters from here",
      value: (
        <TextLink
          href={`/dead-letters?vhost=${encodeURIComponent(queue.vhost)}&q=${encodeURIComponent(`origin:${queue.name}`)}`}
        >
          {formatCount(queue.dead_letters_from_here)}
        </TextLink>
      ),
      plain: true,
    },
    ...(queue.dead_letters > 0
      ? [
          {
            name: "Dead letters in here",
            value: (
              <TextLink href={queueHref(queue.vhost, queue.name, "messages")}>
                {formatCount(queue.dead_letters)}
              </TextLink>
            ),
            plain: true,
          },
        ]
      : []),
  ];
  return <KeyValues plain rows={rows} />;
}
