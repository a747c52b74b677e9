/** One AMQP property that the form offers as a field; `headers` and `delivery_mode` have fields of their own. */
export interface PropertyField {
  readonly name: string;
  readonly placeholder?: string;
  readonly unit?: string;
  /** What is wrong with a value, as a sentence; null when nothing is. Not asked about an empty one. */
  readonly check?: (value: string) => string | null;
  /** As the API takes it, where that isn't text. */
  readonly convert?: (value: string) => unknown;
}

const integer = (least: number, most: number) => (value: string) =>
  /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most
    ? null
    : `A whole number from ${least.toLocaleString("en")} to ${most.toLocaleString("en")}`;

/** Those that are needed most. */
export const usualProperties: readonly PropertyField[] = [
  { name: "content_type" },
  { name: "message_id", placeholder: "none" },
  { name: "correlation_id", placeholder: "none" },
  // RabbitMQ takes expirations up to 2^32 - 1 ms: https://www.rabbitmq.com/docs/ttl
  { name: "expiration", placeholder: "never", unit: "ms", check: integer(0, 0xffffffff) },
];

/** The others, behind "more". */
export const otherProperties: readonly PropertyField[] = [
  { name: "priority", placeholder: "0 to 255", check: integer(0, 255), convert: Number },
  { name: "type" },
  { name: "app_id" },
  { name: "reply_to" },
  { name: "user_id" },
  { name: "content_encoding" },
  { name: "timestamp", placeholder: "seconds or ISO time", check: checkTime, convert: secondsOf },
  { name: "cluster_id" },
];

export const allProperties: readonly PropertyField[] = [...usualProperties, ...otherProperties];

function checkTime(value: string): string | null {
  return secondsOf(value) === null ? "Seconds since 1970, or a time such as 2026-04-11T12:00:00Z" : null;
}

/** Seconds since 1970 from digits or an ISO time; null for anything else. Beyond 2^53 - 1 they stay digits. */
export function secondsOf(value: string): number | string | null {
  if (/^\d{1,20}$/.test(value)) return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  const time = Date.parse(value);
  return Number.isNaN(time) || time < 0 || !/^\d{4}-/.test(value) ? null : Math.floor(time / 1000);
}

/** AMQP's short strings hold at most 255 bytes of UTF-8. */
export function checkShort(value: string): string | null {
  const bytes = new TextEncoder().encode(value).length;
  return bytes > 255 ? `${bytes} bytes; AMQP allows 255` : null;
}
