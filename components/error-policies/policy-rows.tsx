"use client";

import clsx from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import { doesWords, scopeWords, whenWords } from "@/components/error-policies/policy-words";
import { IconButton } from "@/components/ui/button";
import { RelativeTime } from "@/components/ui/relative-time";
import { Switch } from "@/components/ui/switch";
import { Tag } from "@/components/ui/tag";
import { VisibleText } from "@/components/ui/visible-text";
import type { ErrorPolicy } from "@/lib/api-client/error-policies";
import { formatNoun } from "@/lib/format/numbers";

/** The rules in the order in which they are asked, each as a sentence. */
export function PolicyRows({
  policies,
  openId,
  forbidden,
  onOpen,
  onMove,
  onEnable,
}: {
  policies: readonly ErrorPolicy[];
  openId: number | null;
  forbidden: string | undefined;
  onOpen: (policy: ErrorPolicy) => void;
  onMove: (policy: ErrorPolicy, to: "up" | "down") => void;
  onEnable: (policy: ErrorPolicy, enabled: boolean) => void;
}) {
  return (
    <ol aria-label="Rules" className="min-h-0 flex-1 overflow-y-auto border-t border-line">
      {policies.map((policy, index) => (
        <li
          key={policy.id}
          className={clsx(
            "flex items-center gap-3 border-b border-line px-4 py-2",
            policy.id === openId ? "bg-accent-tint shadow-[inset_2px_0_var(--color-accent)]" : "hover:bg-hover",
          )}
        >
          <span className="w-5 shrink-0 text-right text-12 text-ink-3">{index + 1}</span>
          <button
            type="button"
            aria-current={policy.id === openId ? "true" : undefined}
            onClick={() => onOpen(policy)}
            className={clsx("min-w-0 flex-1 text-left", !policy.enabled && "text-ink-3")}
          >
            <span className="flex items-center gap-2">
              <b className="clip-text font-semibold">
                <VisibleText text={policy.name} />
              </b>
              {policy.problem !== null && <Tag tone="warn">needs a look</Tag>}
            </span>
            <span className="block text-12 text-ink-2 [overflow-wrap:anywhere]">
              <VisibleText text={`${scopeWords(policy)}: ${whenWords(policy)} → ${doesWords(policy.action)}`} />
            </span>
            <span className="block text-11 text-ink-3">
              decided {formatNoun(policy.uses.count, "failure")}
              {policy.uses.last_at !== null && (
                <>
                  , last <RelativeTime at={policy.uses.last_at} />
                </>
              )}
            </span>
          </button>
          <span className="flex shrink-0 items-center gap-1">
            <IconButton
              label={`Ask ${policy.name} earlier`}
              disabledReason={forbidden ?? (index === 0 ? "It is the first already" : undefined)}
              onClick={() => onMove(policy, "up")}
            >
              <ArrowUp className="icon-14" aria-hidden="true" />
            </IconButton>
            <IconButton
              label={`Ask ${policy.name} later`}
              disabledReason={forbidden ?? (index === policies.length - 1 ? "It is the last already" : undefined)}
              onClick={() => onMove(policy, "down")}
            >
              <ArrowDown className="icon-14" aria-hidden="true" />
            </IconButton>
            <Switch
              checked={policy.enabled}
              onChange={(enabled) => forbidden === undefined && onEnable(policy, enabled)}
            >
              <span className="sr-only">{policy.name} is in force</span>
            </Switch>
          </span>
        </li>
      ))}
    </ol>
  );
}
