import type { Attention } from "@/components/queues/attention";
import { rateOf } from "@/lib/api-client/rabbitmq-json";
import { formatCount, formatRate } from "@/lib/format/numbers";

/** Why this queue needs attention, with the evidence. */
export function attentionText({ kind, queue }: Attention): string {
  const comesIn = formatRate(rateOf(queue.message_stats, "publish"));
  const goesOut = formatRate(rateOf(queue.message_stats, "deliver_get"));
  if (kind === "dead") return `${formatCount(queue.dead_letters)} dead letters`;
  if (kind === "untaken") return `${formatCount(queue.messages_ready)} ready, ${comesIn} in; nobody takes them`;
  if (kind === "full") return `${formatCount(queue.messages_ready)} ready; all consumers busy`;
  return `${comesIn} in, ${goesOut} out`;
}
