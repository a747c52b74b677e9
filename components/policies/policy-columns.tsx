import { policyHref } from "@/components/policies/links";
import { targetWords } from "@/components/policies/policy-form-state";
import { definitionWords, settingsInOrder, valueWords } from "@/components/policies/policy-words";
import type { Column } from "@/components/ui/data-table/columns";
import { NameCell } from "@/components/ui/data-table/name-cell";
import { NameText, VisibleText } from "@/components/ui/visible-text";
import type { Policy, PolicyKind } from "@/lib/api-client/policies";

/** So many settings are written out in a row; the tooltip has all. */
const mostSettings = 12;

/**
 * The columns of the list of policies, in RabbitMQ's words.
 * @param allVhosts the list is of several vhosts
 * @param phone the definition is on the second line of a row, below its name
 */
export function policyColumns(kind: PolicyKind, allVhosts: boolean, phone: boolean): readonly Column<Policy>[] {
  return [
    {
      id: "name",
      label: "Name",
      width: 170,
      grow: phone,
      fixed: true,
      sortBy: ({ name }) => name,
      cell: ({ vhost, name }) => <NameCell name={name} href={policyHref(kind, vhost, name)} />,
    },
    {
      id: "vhost",
      label: "Virtual host",
      width: 130,
      hidden: !allVhosts,
      sortBy: ({ vhost }) => vhost,
      cell: ({ vhost }) => (
        <span className="mono clip-text text-ink-2" title={vhost}>
          <NameText text={vhost} />
        </span>
      ),
    },
    {
      id: "pattern",
      label: "Pattern",
      width: 170,
      sortBy: ({ pattern }) => pattern,
      cell: ({ pattern }) => <Pattern pattern={pattern} />,
    },
    {
      id: "apply-to",
      label: "Apply to",
      width: 150,
      sortBy: (policy) => targetWords(policy["apply-to"]),
      cell: (policy) => <span className="text-ink-2">{targetWords(policy["apply-to"])}</span>,
    },
    {
      id: "definition",
      label: "Definition",
      width: 200,
      grow: !phone,
      cell: ({ definition }) => <Definition definition={definition} />,
    },
    {
      id: "priority",
      label: "Priority",
      width: 76,
      align: "end",
      phone: true,
      sortFirst: "desc",
      sortBy: ({ priority }) => priority,
      cell: ({ priority }) => <span className={priority === 0 ? "text-ink-3" : undefined}>{priority}</span>,
    },
  ];
}

/** A pattern as it is written; an empty one matches every name. */
export function Pattern({ pattern }: { pattern: string }) {
  if (pattern === "") return <span className="text-ink-3">all names</span>;
  return (
    <span className="mono clip-text" title={pattern}>
      <VisibleText text={pattern} />
    </span>
  );
}

function Definition({ definition }: Pick<Policy, "definition">) {
  const settings = settingsInOrder(definition);
  return (
    <span className="mono clip-text" title={definitionWords(definition)}>
      {settings.slice(0, mostSettings).map(([name, value]) => (
        <span key={name} className="mr-3">
          <span className="text-ink-3">{name}</span> <VisibleText text={valueWords(value).slice(0, 100)} />
        </span>
      ))}
      {settings.length > mostSettings && "…"}
    </span>
  );
}
