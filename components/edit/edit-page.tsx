"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { type Draft, EditForm } from "@/components/edit/edit-form";
import { type Content, isDeathHeader } from "@/components/edit/message-lines";
import { refText } from "@/components/messages/links";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { formLike, payloadOf } from "@/components/publish/form-like";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote, ErrorState } from "@/components/ui/error-state";
import { PageHead } from "@/components/ui/page-head";
import { showDone } from "@/components/ui/toast";
import { ApiError } from "@/lib/api-client/client";
import { editMessage } from "@/lib/api-client/edits";
import { bytesOf, loadBody, type Message, readMessage } from "@/lib/api-client/messages";
import { restoreTrash } from "@/lib/api-client/trash";
import { formatNoun } from "@/lib/format/numbers";

/** Edit and retry: a message in a queue is changed and sent; the original is gone exactly when the new one is stored. */
export function EditPage({ vhost, queue, id }: { vhost: string; queue: string; id: number }) {
  const ref = { vhost, queue, id };
  const { data, error, refetch } = useQuery({
    // The message as it was when one began: a list that is read again must not change what is being edited.
    queryKey: ["edit", vhost, queue, id],
    queryFn: async ({ signal }) => {
      const message = await readMessage(ref, signal);
      return { message, bytes: message.payload_truncated ? await loadBody(message) : bytesOf(message) };
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  if (data) return <Edit vhost={vhost} message={data.message} bytes={data.bytes} />;
  if (error === null) return <PanelSkeleton />;
  if (error instanceof ApiError && error.status === 404) {
    return (
      <>
        <PageHead title="Edit and retry" divided />
        <EmptyState
          title={`Message ${id} has left ${queue}`}
          actions={<ButtonLink href="/dead-letters">Back to the dead letters</ButtonLink>}
        >
          It was retried, edited, discarded or taken meanwhile. Its timeline says by whom.
        </EmptyState>
      </>
    );
  }
  return <ErrorState title="The message could not be read." error={error} onRetry={() => void refetch()} />;
}

function Edit({ vhost, message, bytes }: { vhost: string; message: Message; bytes: Uint8Array<ArrayBuffer> }) {
  const router = useRouter();
  const client = useQueryClient();
  const [failure, setFailure] = useState<unknown>(null);
  const [draft] = useState(() => draftOf(message, bytes));
  const back = message.death
    ? `/dead-letters?vhost=${encodeURIComponent(vhost)}&by=message`
    : `/messages?vhost=${encodeURIComponent(vhost)}&message=${encodeURIComponent(refText(message))}`;
  return (
    <EditForm
      vhost={vhost}
      title={message.death ? "Edit and retry" : "Edit and send again"}
      note={`Message ${message.id} of ${message.queue}`}
      draft={draft}
      original={contentOf(message, bytes)}
      onSend={async (edited) => {
        setFailure(null);
        try {
          const { queues, trash } = await editMessage(message, edited);
          void showDone({
            message: `The edited message is in ${queues.length === 1 ? queues[0] : formatNoun(queues.length, "queue")}; the original is in the trash`,
            undo: () => restoreTrash(trash),
          });
          for (const key of ["dead-letters", "dead-letter-groups", "messages", "queues", "trash", "overview"]) {
            void client.invalidateQueries({ queryKey: [key] });
          }
          router.push(back);
        } catch (error) {
          setFailure(error);
        }
      }}
      failed={
        failure !== null && (
          <div className="mt-3">
            <ErrorNote
              title={failure instanceof ApiError && failure.status === 409 ? "Somebody was first." : "It was not sent."}
              error={failure}
              lost="Nothing was stored, and the original is as it was."
            />
          </div>
        )
      }
    >
      <ButtonLink size="lg" href={back}>
        Leave it as it is
      </ButtonLink>
    </EditForm>
  );
}

/** The form to begin with: a dead letter goes back to the queue it died in, without what its death wrote on it. */
function draftOf(message: Message, bytes: Uint8Array<ArrayBuffer>): Draft {
  const { form, file } = formLike(message.properties, bytes, `body of message ${message.id}`);
  const { death } = message;
  return {
    exchange: death === null ? message.exchange : "",
    routingKey: death === null ? message.routing_key : death.origin_queue,
    form: { ...form, headers: form.headers.filter(({ name }) => !isDeathHeader(name)) },
    file,
  };
}

function contentOf(message: Message, bytes: Uint8Array<ArrayBuffer>): Content {
  const { exchange, routing_key, properties } = message;
  return { exchange, routing_key, properties, ...payloadOf(bytes) };
}
