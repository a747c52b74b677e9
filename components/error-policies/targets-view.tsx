"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { TargetDialog } from "@/components/error-policies/target-dialog";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { useForbiddenPolicies } from "@/components/shell/permission";
import { Button, IconButton } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { describeError, ErrorState } from "@/components/ui/error-state";
import { RelativeTime } from "@/components/ui/relative-time";
import { Tag } from "@/components/ui/tag";
import { VisibleText } from "@/components/ui/visible-text";
import {
  deleteTarget,
  type NotificationTarget,
  notificationTargetsQuery,
  testTarget,
} from "@/lib/api-client/notifications";
import { formatNoun } from "@/lib/format/numbers";
import { formatDuration } from "@/lib/format/times";

const kindWords: Readonly<Record<NotificationTarget["kind"], string>> = {
  webhook: "Webhook",
  slack: "Slack",
  email: "E-mail",
};

/** Who can be told of failures, and whether the last notice reached them. */
export function TargetsView() {
  const client = useQueryClient();
  const { data: targets, error, refetch } = useQuery(notificationTargetsQuery);
  const [editing, setEditing] = useState<NotificationTarget | "new" | null>(null);
  const [deleting, setDeleting] = useState<NotificationTarget | null>(null);
  const forbidden = useForbiddenPolicies();
  const add = (
    <Button
      icon={<Plus className="icon-14" aria-hidden="true" />}
      disabledReason={forbidden}
      onClick={() => setEditing("new")}
    >
      Add somebody to tell
    </Button>
  );
  return (
    <>
      <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 px-4 py-2">
        <span className="text-12 text-ink-2">
          Rules with the action “tell somebody” name these. Secrets are written once and never shown again.
        </span>
        <span className="ml-auto">{add}</span>
      </div>
      {error !== null && targets === undefined ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : targets === undefined ? (
        <PanelSkeleton />
      ) : targets.length === 0 ? (
        <EmptyState title="Nobody to tell yet" actions={add}>
          A webhook gets JSON with a signature, Slack a message, people an e-mail: one notice with a count for failures
          of one cause, not a thousand.
        </EmptyState>
      ) : (
        <ul aria-label="Whom to tell" className="min-h-0 flex-1 overflow-y-auto border-t border-line">
          {targets.map((target) => (
            <Target
              key={target.name}
              target={target}
              forbidden={forbidden}
              onEdit={() => setEditing(target)}
              onDelete={() => setDeleting(target)}
            />
          ))}
        </ul>
      )}
      <TargetDialog
        target={editing === "new" ? null : editing}
        open={editing !== null}
        onClose={() => setEditing(null)}
      />
      <ConfirmDialog
        open={deleting !== null}
        onClose={() => setDeleting(null)}
        title={`Delete ${deleting?.name ?? ""}`}
        confirm="Delete it"
        keep="Keep it"
        failed="It is still there."
        onConfirm={async () => {
          if (deleting) await deleteTarget(deleting.name);
          await client.invalidateQueries({ queryKey: ["notifications"] });
        }}
      >
        <p className="text-ink-2">
          Notices that wait to be sent to it are not sent. A target that a rule names can't be deleted.
        </p>
      </ConfirmDialog>
    </>
  );
}

function Target({
  target,
  forbidden,
  onEdit,
  onDelete,
}: {
  target: NotificationTarget;
  forbidden: string | undefined;
  onEdit: () => void;
  onDelete: () => void;
}) {
  const [testing, setTesting] = useState(false);
  const [said, setSaid] = useState<{ ok: boolean; text: string } | null>(null);
  const test = async () => {
    setTesting(true);
    setSaid(null);
    try {
      const { result, status, error, ms } = await testTarget(target.name);
      const code = status === null ? "" : ` (${status})`;
      setSaid(
        result === "sent"
          ? { ok: true, text: `The test arrived${code} after ${formatDuration(ms)}.` }
          : { ok: false, text: `The test didn't arrive${code}: ${error ?? "no reason was given"}` },
      );
    } catch (error) {
      setSaid({ ok: false, text: describeError(error).sentence });
    } finally {
      setTesting(false);
    }
  };
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2">
      <span className="min-w-0 flex-1 phone:basis-full">
        <span className="flex items-center gap-2">
          <b className="clip-text font-semibold">
            <VisibleText text={target.name} />
          </b>
          <Tag>{kindWords[target.kind]}</Tag>
          {!target.enabled && <Tag tone="warn">not told now</Tag>}
          {target.last?.result === "failed" && <Tag tone="danger">last notice failed</Tag>}
        </span>
        <span className="clip-text block text-12 text-ink-2">
          <VisibleText
            text={
              target.smtp === null
                ? (target.url ?? "")
                : `${target.smtp.to.join(", ")} by ${target.smtp.host}:${target.smtp.port}`
            }
          />
        </span>
        <span className="block text-12 text-ink-3">
          {target.used_by.length === 0
            ? "no rule names it"
            : `named by ${formatNoun(target.used_by.length, "rule")}: ${target.used_by.map(({ policy }) => policy).join(", ")}`}
          {target.last !== null && (
            <>
              ; last told <RelativeTime at={target.last.at} />
              {target.last.error !== null && `: ${target.last.error}`}
            </>
          )}
        </span>
        {said !== null && (
          <span role="status" className={said.ok ? "block text-12 text-ok" : "block text-12 text-danger"}>
            <VisibleText text={said.text} />
          </span>
        )}
      </span>
      <span className="flex shrink-0 items-center gap-1">
        <Button
          icon={<Send className="icon-14" aria-hidden="true" />}
          busy={testing}
          disabledReason={forbidden}
          onClick={() => void test()}
        >
          Send a test
        </Button>
        <IconButton label={`Change ${target.name}`} disabledReason={forbidden} onClick={onEdit}>
          <Pencil className="icon-14" aria-hidden="true" />
        </IconButton>
        <IconButton
          label={`Delete ${target.name}`}
          disabledReason={forbidden ?? (target.used_by.length > 0 ? "A rule names it" : undefined)}
          onClick={onDelete}
        >
          <Trash2 className="icon-14" aria-hidden="true" />
        </IconButton>
      </span>
    </li>
  );
}
