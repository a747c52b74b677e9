import { Pin } from "lucide-react";
import { VisibleText } from "@/components/body/visible-text";
import { pinnedValue, previewOf } from "@/components/messages/message-body";
import type { Column } from "@/components/ui/data-table/columns";
import { RelativeTime } from "@/components/ui/relative-time";
import { StateGlyph } from "@/components/ui/state-glyph";
import type { Message } from "@/lib/api-client/messages";
import { formatBytes } from "@/lib/format/numbers";

/** A body in one line. */
export function Preview({ message }: { message: Message }) {
  const { text, binary } = previewOf(message);
  return binary ? (
    <span className="text-12 text-ink-3">{text}</span>
  ) : (
    <span className="mono text-ink-2">
      <VisibleText text={text} />
    </span>
  );
}

/** The value of a pinned field; a soft dash where this message has none. */
function PinnedCell({ message, path }: { message: Message; path: string }) {
  const value = pinnedValue(message, path);
  if (value === undefined) return <span className="text-ink-3">–</span>;
  return (
    <span className="mono" title={value.text}>
      <VisibleText text={value.text} />
    </span>
  );
}

/** A column for each field that is pinned. Its head is the last word of the path, or two where the last is a number. */
export function pinColumns<Row extends Message>(pins: readonly string[], sample: readonly Row[]): Column<Row>[] {
  return pins.map((path) => {
    const numbers = sample.length > 0 && sample.slice(0, 20).every((row) => pinnedValue(row, path)?.number !== false);
    return {
      id: `pin.${path}`,
      label: shortPath(path),
      description: `Pinned from the body: ${path}`,
      width: 120,
      ...(numbers && { align: "end" as const }),
      icon: <Pin className="size-3" aria-hidden="true" />,
      cell: (message: Row) => <PinnedCell message={message} path={path} />,
    };
  });
}

function shortPath(path: string): string {
  const parts = path.split(".");
  const last = parts.at(-1) ?? path;
  return /^\d+$/.test(last) && parts.length > 1 ? parts.slice(-2).join(".") : last;
}

/** The columns of a list of messages. */
export function messageColumns(options: {
  /** Whether they come from several queues, and from several vhosts. */
  queues: boolean;
  vhosts: boolean;
  pins: readonly string[];
  sample: readonly Message[];
  phone: boolean;
  /** A message is open beside the list: there is room for little. */
  narrow: boolean;
}): Column<Message>[] {
  const { queues, vhosts, pins, sample, phone, narrow } = options;
  const state: Column<Message> = {
    id: "state",
    label: "State",
    width: 100,
    fixed: true,
    cell: (message) => <StateGlyph state={message.state} className="text-12" />,
  };
  const queue: Column<Message> = {
    id: "queue",
    label: "Queue",
    width: phone ? 120 : 168,
    phone: true,
    ...(phone && { grow: true }),
    cell: (message) => (
      <span className="mono" title={message.queue}>
        <VisibleText text={message.queue} />
      </span>
    ),
  };
  const vhost: Column<Message> = {
    id: "vhost",
    label: "Virtual host",
    width: 120,
    cell: (message) => (
      <span className="mono text-ink-2" title={message.vhost}>
        <VisibleText text={message.vhost} />
      </span>
    ),
  };
  const key: Column<Message> = {
    id: "routing_key",
    label: "Routing key",
    width: 150,
    ...(((phone && !queues) || narrow || pins.length > 0) && { grow: true }),
    phone: !queues,
    cell: (message) => (
      <span className="mono" title={message.routing_key}>
        {message.routing_key === "" ? (
          <span className="font-sans text-ink-3">empty</span>
        ) : (
          <VisibleText text={message.routing_key} />
        )}
      </span>
    ),
  };
  const body: Column<Message> = {
    id: "body",
    label: "Body",
    width: 160,
    // Fields that are pinned say more than the beginning of the body.
    ...(pins.length > 0 ? { hidden: true } : { grow: true }),
    cell: (message) => <Preview message={message} />,
  };
  const size: Column<Message> = {
    id: "size",
    label: "Size",
    width: 84,
    align: "end",
    cell: (message) => <span className="text-ink-2">{formatBytes(message.payload_bytes)}</span>,
  };
  const age: Column<Message> = {
    id: "age",
    label: "Age",
    description: "Time since it came into this queue",
    width: 72,
    align: "end",
    fixed: true,
    sortBy: (message) => message.id,
    sortFirst: "asc",
    cell: (message) => (
      <span className="text-ink-2">
        <RelativeTime at={message.enqueued_at} age />
      </span>
    ),
  };
  const first = pinColumns(pins, sample).map((column, at) => ({ ...column, phone: at === 0 }));
  return [
    state,
    ...(vhosts && !narrow && !phone ? [vhost] : []),
    ...(queues ? [queue] : []),
    key,
    ...first,
    ...(narrow || phone ? [] : [body, size]),
    age,
  ];
}
