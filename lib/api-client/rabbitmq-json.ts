/** RabbitMQ's shape of a rate behind a counter. */
export interface RateDetails {
  readonly rate: number;
  readonly samples?: readonly { readonly sample: number; readonly timestamp: number }[];
}

/** `message_stats` of a queue or of the whole broker; a counter that never moved may be absent. */
export interface MessageStats {
  readonly publish?: number;
  readonly publish_details?: RateDetails;
  readonly deliver?: number;
  readonly deliver_details?: RateDetails;
  readonly deliver_no_ack?: number;
  readonly deliver_no_ack_details?: RateDetails;
  readonly deliver_get?: number;
  readonly deliver_get_details?: RateDetails;
  readonly get?: number;
  readonly get_details?: RateDetails;
  readonly get_no_ack?: number;
  readonly get_no_ack_details?: RateDetails;
  readonly ack?: number;
  readonly ack_details?: RateDetails;
  readonly redeliver?: number;
  readonly redeliver_details?: RateDetails;
  readonly return_unroutable?: number;
  readonly return_unroutable_details?: RateDetails;
  readonly drop_unroutable?: number;
  readonly drop_unroutable_details?: RateDetails;
}

/** Argument tables as plain JSON. */
export type PlainTable = Readonly<Record<string, unknown>>;

export type StatName = "publish" | "deliver_get" | "ack";

/** A rate out of `message_stats`; 0 where the counter never moved. */
export function rateOf(stats: MessageStats | undefined, name: StatName | "redeliver" | "deliver"): number {
  return stats?.[`${name}_details`]?.rate ?? 0;
}
