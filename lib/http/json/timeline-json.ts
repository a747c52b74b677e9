import { propertiesToJson } from "@/lib/broker/properties/properties-json";
import type { Life, MessageEvent, Timeline } from "@/lib/broker/timeline";

export function timelineJson({ lives, complete, searchedBackTo }: Timeline) {
  return { messages: lives.map(lifeJson), complete, searched_back_to: searchedBackTo?.toISOString() ?? null };
}
export type TimelineJson = ReturnType<typeof timelineJson>;

function lifeJson(life: Life) {
  return {
    message_id: life.messageId,
    exchange: life.exchange,
    routing_key: life.routingKey,
    published_at: life.publishedAt.toISOString(),
    published_by: life.publishedBy,
    properties: propertiesToJson(life.properties, { exact: true }),
    payload_bytes: life.bodySize,
    present: life.present,
    complete: life.complete,
    events: life.events.map(eventJson),
  };
}

function eventJson({ at, ...event }: MessageEvent) {
  return { at: at.toISOString(), ...event };
}
