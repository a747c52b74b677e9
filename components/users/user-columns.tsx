import type { Column } from "@/components/ui/data-table/columns";
import { NameCell } from "@/components/ui/data-table/name-cell";
import { Tag } from "@/components/ui/tag";
import { VisibleText } from "@/components/ui/visible-text";
import type { User } from "@/lib/api-client/users";

/** A user with the virtual hosts that it has permissions in, as soon as they are known. */
export interface UserRow extends User {
  readonly vhosts: readonly string[] | undefined;
}

/** The columns of the list of users. */
export const userColumns: readonly Column<UserRow>[] = [
  {
    id: "name",
    label: "Name",
    width: 180,
    grow: true,
    fixed: true,
    sortBy: ({ name }) => name,
    cell: ({ name }) => <NameCell name={name} href={`/users?open=${encodeURIComponent(name)}`} />,
  },
  {
    id: "tags",
    label: "Tags",
    width: 170,
    phone: true,
    sortBy: ({ tags }) => tags.join(" "),
    cell: ({ tags }) => <UserTags tags={tags} />,
  },
  {
    id: "vhosts",
    label: "Virtual hosts",
    description: "Where the user has permissions",
    width: 200,
    sortBy: ({ vhosts }) => vhosts?.length,
    sortFirst: "desc",
    cell: ({ vhosts }) =>
      vhosts === undefined ? null : vhosts.length === 0 ? (
        <span className="text-warn">no permissions</span>
      ) : (
        <span className="mono clip-text text-ink-2" title={vhosts.join(", ")}>
          <VisibleText text={vhosts.join(", ")} />
        </span>
      ),
  },
];

/** A user's tags side by side. */
export function UserTags({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return <span className="text-ink-3">none: AMQP only</span>;
  return (
    <span className="flex min-w-0 gap-1 overflow-hidden" title={tags.join(", ")}>
      {tags.map((tag) => (
        <Tag key={tag} tone={tag === "administrator" ? "accent" : "neutral"}>
          <VisibleText text={tag} />
        </Tag>
      ))}
    </span>
  );
}
