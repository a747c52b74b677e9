"use client";

import { actionWords, objectHref, outcomeTones } from "@/components/audit/audit-words";
import { Button, ButtonLink } from "@/components/ui/button";
import type { Query } from "@/components/ui/filter/query";
import { KeyValues } from "@/components/ui/key-values";
import { RelativeTime } from "@/components/ui/relative-time";
import { PanelHead } from "@/components/ui/split-view";
import { Tag } from "@/components/ui/tag";
import { VisibleText } from "@/components/ui/visible-text";
import type { AuditLine } from "@/lib/api-client/audit";
import { formatMoment } from "@/lib/format/times";

/** One line of the audit log with all that is known of it. */
export function AuditPanel({
  line,
  onClose,
  onFilter,
}: {
  line: AuditLine;
  onClose: () => void;
  onFilter: (query: Query) => void;
}) {
  const href = objectHref(line);
  const details = Object.entries((line.detail ?? {}) as Record<string, unknown>);
  const only = (name: string, value: string) => onFilter({ terms: [{ name, value }], text: "" });
  return (
    <>
      <PanelHead onClose={onClose}>
        <h2 className="clip-text">{actionWords(line.action)}</h2>
        <Tag tone={outcomeTones[line.outcome] ?? "neutral"}>{line.outcome}</Tag>
      </PanelHead>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">
        <KeyValues
          plain
          rows={[
            {
              name: "When",
              value: (
                <>
                  {formatMoment(new Date(line.at))} (<RelativeTime at={line.at} />)
                </>
              ),
              plain: true,
            },
            { name: "Who", value: <VisibleText text={line.user} /> },
            { name: "From", value: line.address === "" ? "not known" : <VisibleText text={line.address} /> },
            { name: "By", value: line.door },
            { name: "Action", value: line.action },
            { name: "Object", value: line.target === "" ? "none" : <VisibleText text={line.target} /> },
            { name: "Virtual host", value: line.vhost === null ? "none" : <VisibleText text={line.vhost} /> },
            { name: "Number", value: String(line.id) },
          ]}
        />
        <div className="mt-3 flex flex-wrap gap-2">
          {href !== undefined && <ButtonLink href={href}>Look at the {nounOf(line)}</ButtonLink>}
          <Button onClick={() => only("user", line.user)}>All by this user</Button>
          {line.target !== "" && <Button onClick={() => only("object", line.target)}>All of this object</Button>}
        </div>
        <h3 className="mt-4 mb-1 font-semibold">Details</h3>
        {details.length === 0 ? (
          <p className="text-12 text-ink-3">None were written down.</p>
        ) : (
          <KeyValues
            rows={details.map(([name, value]) => ({
              name,
              value: (
                <span className="whitespace-pre-wrap">
                  <VisibleText text={typeof value === "string" ? value : JSON.stringify(value, null, 2)} />
                </span>
              ),
            }))}
          />
        )}
      </div>
    </>
  );
}

function nounOf({ action }: AuditLine): string {
  return action.slice(0, action.indexOf(".")).replaceAll("-", " ");
}
