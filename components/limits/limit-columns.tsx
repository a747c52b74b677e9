import { isReached, limitIn, limitsOf } from "@/components/limits/limit-words";
import { Button } from "@/components/ui/button";
import type { Column } from "@/components/ui/data-table/columns";
import { NameCell } from "@/components/ui/data-table/name-cell";
import { Tag } from "@/components/ui/tag";
import type { Limited, LimitKind, LimitName } from "@/lib/api-client/limits";
import { formatCount } from "@/lib/format/numbers";

/**
 * The columns of the list of limits.
 * @param forbidden why the reader may not change them
 * @param onChange called with the name of what is to be changed
 */
export function limitColumns(
  kind: LimitKind,
  forbidden: string | undefined,
  onChange: (name: string) => void,
): readonly Column<Limited>[] {
  return [
    {
      id: "name",
      label: kind === "vhost" ? "Virtual host" : "User",
      width: 200,
      grow: true,
      fixed: true,
      sortBy: ({ name }) => name,
      cell: ({ name }) => (
        <NameCell name={name} href={`${kind === "vhost" ? "/vhosts" : "/users"}?open=${encodeURIComponent(name)}`} />
      ),
    },
    ...limitsOf(kind).map(
      ({ name, label }): Column<Limited> => ({
        id: name,
        label,
        description: `${label} now, and at most (${name})`,
        width: 210,
        align: "end",
        sortFirst: "desc",
        sortBy: (of) => limitIn(of, name),
        cell: (of) => <LimitCell of={of} name={name} />,
      }),
    ),
    {
      id: "change",
      label: "",
      description: "Change",
      width: 112,
      align: "end",
      // The grid is one tab stop: Enter does the same.
      cell: ({ name }) => (
        <Button
          tabIndex={-1}
          aria-label={`Change the limits of ${name}`}
          disabledReason={forbidden}
          onClick={() => onChange(name)}
        >
          Change…
        </Button>
      ),
    },
  ];
}

function LimitCell({ of, name }: { of: Limited; name: LimitName }) {
  const [limit, now] = [limitIn(of, name), of.now[name]];
  return (
    <span className="inline-flex items-center gap-2">
      {isReached(of, name) && <Tag tone="warn">full</Tag>}
      <span>
        {now !== undefined && <span className={now === 0 ? "text-ink-3" : undefined}>{formatCount(now)}</span>}
        <span className="text-ink-3">
          {now === undefined ? (limit === null ? "" : "at most ") : limit === null ? ", " : " of "}
        </span>
        {limit === null ? <span className="text-ink-3">no limit</span> : formatCount(limit)}
      </span>
    </span>
  );
}
