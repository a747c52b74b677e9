import { type PinReader, pinColumns } from "@/components/messages/message-columns";
import type { Column } from "@/components/ui/data-table/columns";
import { RelativeTime } from "@/components/ui/relative-time";
import { Tag } from "@/components/ui/tag";
import { NameText, VisibleText } from "@/components/ui/visible-text";
import type { DeadLetter } from "@/lib/api-client/dead-letters";
import { formatCount } from "@/lib/format/numbers";

/** What killed a message, in one line: the error if one was left, else what its reason means. */
export function LastError({ letter }: { letter: DeadLetter }) {
  const { error_type, error_message, reason } = letter.death;
  if (error_type === null && error_message === null) return <span className="text-ink-3">{quietReason[reason]}</span>;
  const text = [error_type, error_message].filter((part) => part !== null).join(": ");
  return (
    <span className="text-ink-2" title={text.slice(0, 500)}>
      <VisibleText text={text.slice(0, 240)} />
    </span>
  );
}

const quietReason: Readonly<Record<DeadLetter["death"]["reason"], string>> = {
  rejected: "no error was left with it",
  expired: "waited longer than its time to live",
  maxlen: "pushed out of a full queue",
  delivery_limit: "delivered too often",
};

/** The columns of a list of dead letters. */
export function deadLetterColumns(options: {
  vhosts: boolean;
  pins: readonly string[];
  sample: readonly DeadLetter[];
  readPin: PinReader;
  phone: boolean;
  /** A dead letter is open beside the list: there is room for little. */
  narrow: boolean;
  /** All are of one cause: what they have in common isn't said again. */
  oneCause: boolean;
}): Column<DeadLetter>[] {
  const { vhosts, pins, sample, readPin, phone, narrow, oneCause } = options;
  const columns: Column<DeadLetter>[] = [
    {
      id: "id",
      label: "Message",
      width: oneCause ? 110 : 96,
      ...(oneCause && { fixed: true, phone: true, ...((narrow || phone) && { grow: true }) }),
      cell: (letter) => <span className="mono">{letter.id}</span>,
    },
    {
      id: "vhost",
      label: "Virtual host",
      width: 100,
      hidden: !vhosts,
      cell: (letter) => (
        <span className="mono">
          <NameText text={letter.vhost} />
        </span>
      ),
    },
    {
      id: "origin",
      label: "Died in",
      width: narrow ? 140 : 180,
      fixed: true,
      ...((narrow || phone) && { grow: true }),
      cell: (letter) => (
        <span className="mono" title={letter.death.origin_queue}>
          <VisibleText text={letter.death.origin_queue} />
        </span>
      ),
    },
    {
      id: "queue",
      label: "Lies in",
      width: 150,
      hidden: true,
      cell: (letter) => (
        <span className="mono" title={letter.queue}>
          <VisibleText text={letter.queue} />
        </span>
      ),
    },
    {
      id: "reason",
      label: "Reason",
      width: 116,
      phone: false,
      cell: (letter) => (
        <Tag tone={letter.death.reason === "rejected" ? "danger" : "neutral"}>{letter.death.reason}</Tag>
      ),
    },
    ...pinColumns<DeadLetter>(pins, sample, readPin),
    {
      id: "error",
      label: "Last error",
      width: 160,
      grow: true,
      cell: (letter) => <LastError letter={letter} />,
    },
    {
      id: "count",
      label: "Deaths",
      description: "How often it died: the sum of the counts in its x-death",
      width: 64,
      align: "end",
      cell: (letter) => formatCount(letter.death.count),
    },
    {
      id: "age",
      label: "Dead for",
      width: 100,
      align: "end",
      fixed: true,
      sortBy: (letter) => Date.parse(letter.death.at),
      sortFirst: "asc",
      cell: (letter) => (
        <span className="text-ink-2">
          <RelativeTime at={letter.death.at} age />
        </span>
      ),
    },
  ];
  const dropped = [...(narrow ? ["error", "reason", "vhost"] : []), ...(oneCause ? ["origin", "reason", "vhost"] : [])];
  return columns.filter((column) => !dropped.includes(column.id));
}
