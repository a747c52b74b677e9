import type { Column } from "@/components/ui/data-table/columns";
import { NameCell } from "@/components/ui/data-table/name-cell";
import { Tag, type Tone } from "@/components/ui/tag";
import { VisibleText } from "@/components/ui/visible-text";
import type { PlannedChange } from "@/lib/api-client/definitions";

/** A change with what tells it apart in the list: two may have one name. */
export type NumberedChange = PlannedChange & { readonly id: string };

const actionWords: Readonly<Record<PlannedChange["action"], { readonly word: string; readonly tone: Tone }>> = {
  create: { word: "is created", tone: "ok" },
  change: { word: "is changed", tone: "info" },
  unchanged: { word: "stays", tone: "neutral" },
  conflict: { word: "conflict", tone: "danger" },
};

/** The columns of what an import would do. */
export const planColumns: readonly Column<NumberedChange>[] = [
  {
    id: "action",
    label: "What happens",
    width: 110,
    fixed: true,
    cell: ({ action }) => <Tag tone={actionWords[action].tone}>{actionWords[action].word}</Tag>,
  },
  { id: "kind", label: "Kind", width: 120, cell: ({ kind }) => kind },
  {
    id: "name",
    label: "Name",
    width: 200,
    grow: true,
    fixed: true,
    cell: ({ name }) => <NameCell name={name} />,
  },
  {
    id: "vhost",
    label: "Virtual host",
    width: 120,
    cell: ({ vhost }) => <span className="mono clip-text text-ink-2">{vhost ?? ""}</span>,
  },
  {
    id: "why",
    label: "Why not, or what differs",
    width: 260,
    cell: ({ reason, before, after }) => {
      const words = reason ?? (before === null && after === null ? "" : differing(before, after).join(", "));
      return (
        <span className="clip-text text-ink-2" title={words}>
          <VisibleText text={words} />
        </span>
      );
    },
  },
];

/** The names of the fields that differ. */
function differing(before: unknown, after: unknown): string[] {
  if (!isRecord(before) || !isRecord(after)) return [];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
