"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { Button, IconButton } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHead } from "@/components/ui/page-head";
import { RelativeTime } from "@/components/ui/relative-time";
import { Tag } from "@/components/ui/tag";
import { showDone } from "@/components/ui/toast";
import { VisibleText } from "@/components/ui/visible-text";
import { deleteToken, type Token, tokensQuery } from "@/lib/api-client/tokens";
import { formatCount } from "@/lib/format/numbers";
import { formatDate } from "@/lib/format/times";

// The list doesn't need it.
const TokenDialog = dynamic(() => import("@/components/tokens/token-dialog").then((parts) => parts.TokenDialog), {
  ssr: false,
});

/** The reader's own tokens for programs that use the HTTP API. */
export function TokensPage() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(tokensQuery);
  const [making, setMaking] = useState(false);
  const [deleting, setDeleting] = useState<Token | null>(null);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <PageHead
        title="Tokens"
        note={data && formatCount(data.length)}
        divided
        actions={
          <Button
            variant="primary"
            icon={<Plus className="icon-14" aria-hidden="true" />}
            onClick={() => setMaking(true)}
          >
            Make a token
          </Button>
        }
      />
      <p className="px-4 py-2 text-12 text-ink-2">
        Your own, for programs that use the HTTP API in your name: <code>Authorization: Bearer</code> and the token.
      </p>
      {error !== null && data === undefined ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <PanelSkeleton />
      ) : data.length === 0 ? (
        <EmptyState title="No tokens yet" actions={<Button onClick={() => setMaking(true)}>Make the first one</Button>}>
          A program with a token needs no password, and may be allowed only to read. What it does is in the audit log
          under your name.
        </EmptyState>
      ) : (
        <ul aria-label="Tokens" className="min-h-0 flex-1 overflow-y-auto border-t border-line">
          {data.map((token) => (
            <TokenRow key={token.id} token={token} onDelete={() => setDeleting(token)} />
          ))}
        </ul>
      )}
      {making && <TokenDialog onClose={() => setMaking(false)} />}
      <ConfirmDialog
        open={deleting !== null}
        onClose={() => setDeleting(null)}
        title={`Delete ${deleting?.name ?? ""}`}
        {...(deleting && { typed: deleting.name })}
        confirm="Delete token"
        keep="Keep it"
        failed="The token still works."
        onConfirm={async () => {
          if (deleting === null) return;
          await deleteToken(deleting.id);
          await client.invalidateQueries({ queryKey: ["tokens"] });
          void showDone({ message: `Token ${deleting.name} is deleted` });
        }}
      >
        <p className="text-ink-2">Programs that use it are refused from then on. This can't be undone.</p>
      </ConfirmDialog>
    </div>
  );
}

function TokenRow({ token, onDelete }: { token: Token; onDelete: () => void }) {
  const expired = token.expires_at !== null && new Date(token.expires_at).getTime() <= Date.now();
  return (
    <li className="flex items-center gap-3 border-b border-line px-4 py-2">
      <div className="min-w-0 flex-1">
        <span className="flex items-center gap-2">
          <b className="clip-text font-semibold" title={token.name}>
            <VisibleText text={token.name} />
          </b>
          <Tag>{token.scope === "read" ? "only reads" : "all that you may"}</Tag>
          {expired && <Tag tone="warn">expired</Tag>}
        </span>
        <span className="block text-12 text-ink-3">
          made <RelativeTime at={token.created_at} />
          {token.expires_at === null
            ? ", doesn't expire"
            : `, ${expired ? "expired" : "expires"} ${formatDate(new Date(token.expires_at))}`}
          {token.last_used_at === null ? (
            ", never used"
          ) : (
            <>
              , last used <RelativeTime at={token.last_used_at} />
            </>
          )}
        </span>
      </div>
      <IconButton label={`Delete ${token.name}`} onClick={onDelete}>
        <Trash2 className="icon-14" aria-hidden="true" />
      </IconButton>
    </li>
  );
}
