import type { Column } from "@/components/ui/data-table/columns";
import { NameCell } from "@/components/ui/data-table/name-cell";
import { CountCell } from "@/components/ui/data-table/number-cells";
import { RelativeTime } from "@/components/ui/relative-time";
import { Tag } from "@/components/ui/tag";
import { VisibleText } from "@/components/ui/visible-text";
import type { Vhost } from "@/lib/api-client/vhosts";

/** The columns of the list of virtual hosts. */
export const vhostColumns: readonly Column<Vhost>[] = [
  {
    id: "name",
    label: "Name",
    width: 160,
    grow: true,
    fixed: true,
    sortBy: ({ name }) => name,
    cell: ({ name }) => <NameCell name={name} href={`/vhosts?open=${encodeURIComponent(name)}`} />,
  },
  {
    id: "description",
    label: "Description",
    width: 200,
    sortBy: ({ description }) => description,
    cell: ({ description }) => (
      <span className="clip-text text-ink-2" title={description}>
        <VisibleText text={description} />
      </span>
    ),
  },
  {
    id: "tags",
    label: "Tags",
    width: 120,
    sortBy: ({ tags }) => tags.join(" "),
    cell: ({ tags }) => (
      <span className="flex min-w-0 gap-1 overflow-hidden" title={tags.join(", ")}>
        {tags.map((tag) => (
          <Tag key={tag}>
            <VisibleText text={tag} />
          </Tag>
        ))}
      </span>
    ),
  },
  {
    id: "queues",
    label: "Queues",
    width: 76,
    align: "end",
    sortBy: ({ queues }) => queues,
    sortFirst: "desc",
    cell: ({ queues }) => <CountCell value={queues} />,
  },
  {
    id: "ready",
    label: "Ready",
    width: 84,
    align: "end",
    phone: true,
    sortBy: (vhost) => vhost.messages_ready,
    sortFirst: "desc",
    cell: (vhost) => <CountCell value={vhost.messages_ready} />,
  },
  {
    id: "unacked",
    label: "Unacked",
    width: 84,
    align: "end",
    sortBy: (vhost) => vhost.messages_unacknowledged,
    sortFirst: "desc",
    cell: (vhost) => <CountCell value={vhost.messages_unacknowledged} />,
  },
  {
    id: "created",
    label: "Created",
    width: 100,
    align: "end",
    hidden: true,
    sortBy: (vhost) => vhost.created_at,
    sortFirst: "desc",
    cell: (vhost) => <RelativeTime at={vhost.created_at} />,
  },
];
