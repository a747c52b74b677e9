import { Pin } from "lucide-react";
import { useEffect } from "react";
import { previewOf } from "@/components/messages/message-body";
import type * as Pinned from "@/components/messages/pinned-value";
import type { Column } from "@/components/ui/data-table/columns";
import { late } from "@/components/ui/late";
import { RelativeTime } from "@/components/ui/relative-time";
import { StateGlyph } from "@/components/ui/state-glyph";
import { VisibleText } from "@/components/ui/visible-text";
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

const pinned = late<typeof Pinned>(() => import("@/components/messages/pinned-value"));

/** What reads pinned fields in bodies. It comes with the first pin, since most lists have none; undefined until it is there. */
export type PinReader = (typeof Pinned)["pinnedValue"] | undefined;

export function usePinReader(pins: readonly string[]): PinReader {
  const [parts, ask] = pinned.use();
  const wanted = pins.length > 0;
  useEffect(() => {
    if (wanted) void ask();
  }, [wanted, ask]);
  return parts?.pinnedValue;
}

/** The value of a pinned field; a soft dash where this message has none. */
function PinnedCell({ message, path, read }: { message: Message; path: string; read: PinReader }) {
  if (read === undefined) return null;
  const value = read(message, path);
  if (value === undefined) return <span className="text-ink-3">–</span>;
  return (
    <span className="mono" title={value.text}>
      <VisibleText text={value.text} />
    </span>
  );
}

/** A column for each field that is pinned. Its head is the last word of the path, or two where the last is a number. */
export function pinColumns<Row extends Message>(
  pins: readonly string[],
  sample: readonly Row[],
  read: PinReader,
): Column<Row>[] {
  return pins.map((path) => {
    const numbers = sample.length > 0 && sample.slice(0, 20).every((row) => read?.(row, path)?.number !== false);
    return {
      id: `pin.${path}`,
      label: shortPath(path),
      description: `Pinned from the body: ${path}`,
      width: 120,
      ...(numbers && { align: "end" as const }),
      icon: <Pin className="size-3" aria-hidden="true" />,
      cell: (message: Row) => <PinnedCell message={message} path={path} read={read} />,
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
  readPin: PinReader;
  phone: boolean;
  /** A message is open beside the list: there is room for little. */
  narrow: boolean;
}): Column<Message>[] {
  const { queues, vhosts, pins, sample, readPin, phone, narrow } = options;
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
  const first = pinColumns(pins, sample, readPin).map((column, at) => ({ ...column, phone: at === 0 }));
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
