import type { ReactNode } from "react";
import { FieldsTable, TextValue } from "@/components/body/fields-table";
import { isoTime } from "@/components/body/header-values";
import { RelativeTime } from "@/components/ui/relative-time";
import { defaultExchangeLabel } from "@/lib/api-client/exchanges";
import type { Message } from "@/lib/api-client/messages";
import { formatDuration } from "@/lib/format/times";

const deliveryModes: Readonly<Record<number, string>> = { 1: "non-persistent", 2: "persistent" };

/** Where it was published to, and its AMQP properties by their names. */
export function PropertiesTable({ message, hits }: { message: Message; hits: readonly string[] }) {
  const { headers: _, ...properties } = message.properties;
  const rows: { name: string; value: ReactNode }[] = [
    {
      name: "exchange",
      value:
        message.exchange === "" ? (
          <span className="font-sans text-ink-2">{defaultExchangeLabel}</span>
        ) : (
          <TextValue text={message.exchange} hits={hits} />
        ),
    },
    { name: "routing_key", value: <TextValue text={message.routing_key} hits={hits} /> },
  ];
  for (const [name, value] of Object.entries(properties)) {
    rows.push({ name, value: <Property name={name} value={value} hits={hits} /> });
  }
  return <FieldsTable label="Properties" rows={rows} />;
}

function Property({ name, value, hits }: { name: string; value: unknown; hits: readonly string[] }) {
  const text = String(value);
  const remark = remarkOn(name, value);
  return (
    <>
      <TextValue text={text} hits={hits} />
      {remark !== null && <span className="pl-2 font-sans text-ink-3">{remark}</span>}
    </>
  );
}

/** What a bare number means. */
function remarkOn(name: string, value: unknown): ReactNode {
  if (name === "delivery_mode") return deliveryModes[Number(value)] ?? null;
  if (name === "expiration" && /^\d+$/.test(String(value))) return formatDuration(Number(value));
  if (name === "timestamp") {
    const time = isoTime(value as number | string);
    return time === null ? null : (
      <>
        {time}, <RelativeTime at={time} />
      </>
    );
  }
  return null;
}

/** What the broker knows of this copy. */
export function DeliveryTable({ message }: { message: Message }) {
  return (
    <FieldsTable
      label="Delivery"
      rows={[
        { name: "message", value: String(message.message_id) },
        { name: "redelivered", value: message.redelivered ? "yes" : "no" },
        { name: "delivery_count", value: String(message.delivery_count) },
        ...(message.priority > 0 ? [{ name: "priority", value: String(message.priority) }] : []),
      ]}
    />
  );
}
