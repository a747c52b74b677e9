"use client";

import { useQuery } from "@tanstack/react-query";
import { RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Pins } from "@/components/body/json-tree";
import { DiscardDialog, RetryElsewhereDialog, type Target } from "@/components/dead-letters/action-dialogs";
import { OutcomeNote } from "@/components/dead-letters/outcome-note";
import { useDeadLetterActions } from "@/components/dead-letters/use-actions";
import { MessageDetail } from "@/components/messages/message-detail";
import type { Hits } from "@/components/messages/message-filter";
import { MessageMenu } from "@/components/messages/message-menu";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { useForbiddenChange } from "@/components/shell/permission";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { MenuItem, MenuRule } from "@/components/ui/menu";
import { Note } from "@/components/ui/note";
import { PanelHead } from "@/components/ui/split-view";
import { StateGlyph } from "@/components/ui/state-glyph";
import { NameText } from "@/components/ui/visible-text";
import { ApiError } from "@/lib/api-client/client";
import { type Message, messageQuery } from "@/lib/api-client/messages";

/**
 * One message beside its list: what it holds, and what can be done with it. It keeps showing what it knew when the
 * message leaves the queue meanwhile.
 * @param listed the message as the list has it, shown until the whole one is there
 */
export function MessagePanel({
  vhost,
  queue,
  id,
  listed,
  hits,
  pins,
  onClose,
}: {
  vhost: string;
  queue: string;
  id: number;
  listed: Message | undefined;
  hits: Hits;
  pins?: Pins;
  onClose: () => void;
}) {
  const { data, error, refetch } = useQuery({
    ...messageQuery({ vhost, queue, id }),
    ...(listed && { placeholderData: listed }),
  });
  const actions = useDeadLetterActions(vhost);
  const forbidden = useForbiddenChange();
  const [discarding, setDiscarding] = useState<Target | null>(null);
  const [sending, setSending] = useState<Target | null>(null);
  const gone = error instanceof ApiError && error.status === 404;
  const message = data ?? listed;
  const target = { selection: { ids: [{ queue, id }] }, count: 1 };
  const dead = message?.state === "dead" && !gone;

  return (
    <>
      <PanelHead
        onClose={onClose}
        actions={
          message && (
            <>
              {dead && (
                <Button
                  variant="primary"
                  icon={<RotateCcw className="icon-14" aria-hidden="true" />}
                  busy={actions.busy}
                  disabledReason={forbidden}
                  onClick={() => void actions.retryNow(target.selection)}
                >
                  Retry
                </Button>
              )}
              <MessageMenu message={message}>
                {dead && (
                  <>
                    <MenuRule />
                    <MenuItem
                      icon={<RotateCcw className="icon-14" aria-hidden="true" />}
                      disabledReason={forbidden}
                      onSelect={() => setSending(target)}
                    >
                      Retry elsewhere…
                    </MenuItem>
                    <MenuItem
                      danger
                      icon={<Trash2 className="icon-14" aria-hidden="true" />}
                      disabledReason={forbidden}
                      onSelect={() => setDiscarding(target)}
                    >
                      Discard…
                    </MenuItem>
                  </>
                )}
              </MessageMenu>
            </>
          )
        }
      >
        {message && <StateGlyph state={message.state} />}
        <h2 className="mono clip-text" title={`Message ${id} of ${queue}`}>
          {id}
        </h2>
      </PanelHead>
      <OutcomeNote actions={actions} />
      {gone && (
        <div className="px-4 pt-3">
          <Note role="status">
            <b className="font-semibold">
              This message has left <NameText text={queue} />.
            </b>{" "}
            {message
              ? "It was acknowledged, retried, expired or taken out meanwhile. Below is what it was."
              : "It was acknowledged, retried, expired or taken out before this page was opened."}
          </Note>
        </div>
      )}
      {message ? (
        <MessageDetail message={message} hits={hits} {...(pins && { pins })} />
      ) : error !== null && !gone ? (
        <ErrorState title="The message could not be read." error={error} onRetry={() => void refetch()} />
      ) : (
        !gone && <PanelSkeleton />
      )}
      <DiscardDialog
        target={discarding}
        onDiscard={({ selection }) => actions.discard(selection)}
        onClose={() => setDiscarding(null)}
      />
      <RetryElsewhereDialog vhost={vhost} target={sending} actions={actions} onClose={() => setSending(null)} />
    </>
  );
}
