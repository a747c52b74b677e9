import { actionWords, outcomeTones } from "@/components/audit/audit-words";
import type { Column } from "@/components/ui/data-table/columns";
import { RelativeTime } from "@/components/ui/relative-time";
import { Tag } from "@/components/ui/tag";
import { VisibleText } from "@/components/ui/visible-text";
import type { AuditLine } from "@/lib/api-client/audit";

/**
 * @param vhosts whether lines of several virtual hosts are shown
 * @param narrow beside an open panel, where only what tells lines apart fits
 */
export function auditColumns(vhosts: boolean, narrow: boolean): Column<AuditLine>[] {
  if (narrow) return columns.filter(({ id }) => id === "action" || id === "target" || id === "at");
  return vhosts ? columns : columns.filter(({ id }) => id !== "vhost");
}

const columns: Column<AuditLine>[] = [
  {
    id: "at",
    label: "When",
    width: 96,
    cell: ({ at }) => (
      <span className="text-ink-2">
        <RelativeTime at={at} />
      </span>
    ),
  },
  { id: "user", label: "Who", width: 120, cell: ({ user }) => <VisibleText text={user} /> },
  {
    id: "action",
    label: "Action",
    width: 180,
    cell: ({ action }) => <span title={action}>{actionWords(action)}</span>,
  },
  {
    id: "target",
    label: "Object",
    width: 160,
    grow: true,
    fixed: true,
    cell: ({ target }) => (
      <span className="mono" title={target.slice(0, 500)}>
        <VisibleText text={target.slice(0, 240)} />
      </span>
    ),
  },
  {
    id: "vhost",
    label: "Virtual host",
    width: 140,
    cell: ({ vhost }) => <span className="mono">{vhost !== null && <VisibleText text={vhost} />}</span>,
  },
  {
    id: "door",
    label: "By",
    description: "Through which door: the console, the HTTP API or AMQP",
    width: 80,
    cell: ({ door }) => <span className="text-ink-2">{door}</span>,
  },
  {
    id: "address",
    label: "From",
    width: 140,
    hidden: true,
    cell: ({ address }) => <span className="mono">{address}</span>,
  },
  {
    id: "outcome",
    label: "Result",
    width: 88,
    fixed: true,
    cell: ({ outcome }) =>
      outcome === "done" ? (
        <span className="text-ink-2">done</span>
      ) : (
        <Tag tone={outcomeTones[outcome] ?? "neutral"}>{outcome}</Tag>
      ),
  },
];
