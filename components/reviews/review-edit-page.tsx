"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { parseAsInteger, useQueryState } from "nuqs";
import { useState } from "react";
import { EditForm } from "@/components/edit/edit-form";
import { isDeathHeader } from "@/components/edit/message-lines";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { formLike, payloadOf } from "@/components/publish/form-like";
import { useReviewActions } from "@/components/reviews/use-review-actions";
import { ButtonLink } from "@/components/ui/button";
import { ErrorNote, ErrorState } from "@/components/ui/error-state";
import { type Review, reviewBytes, wholeReviewQuery } from "@/lib/api-client/reviews";

/** A message that waits for a person, changed before it goes back. */
export function ReviewEditPage() {
  const [id] = useQueryState("review", parseAsInteger.withDefault(0));
  const { data, error, refetch } = useQuery(wholeReviewQuery(id));
  if (data) return <Edit review={data} />;
  if (error === null) return <PanelSkeleton />;
  return <ErrorState title="This review could not be read." error={error} onRetry={() => void refetch()} />;
}

function Edit({ review }: { review: Review }) {
  const router = useRouter();
  const actions = useReviewActions(review);
  const [failure, setFailure] = useState<unknown>(null);
  const [bytes] = useState(() => reviewBytes(review));
  const [draft] = useState(() => {
    const { form, file } = formLike(review.properties, bytes, `body of message ${review.message_id}`);
    return {
      exchange: "",
      routingKey: review.queue,
      form: { ...form, headers: form.headers.filter(({ name }) => !isDeathHeader(name)) },
      file,
    };
  });
  const back = `/reviews?review=${review.id}`;
  const { exchange, routing_key, properties } = review;
  return (
    <EditForm
      vhost={review.vhost}
      title="Edit and retry"
      note={`Review ${review.id}, failed in ${review.queue}`}
      draft={draft}
      original={{ exchange, routing_key, properties, ...payloadOf(bytes) }}
      onSend={async ({ exchange: to, routing_key: key, ...message }) => {
        setFailure(null);
        try {
          await actions.decideOrThrow({ decision: "edit", to: { exchange: to, routing_key: key }, message });
          router.push(back);
        } catch (error) {
          setFailure(error);
        }
      }}
      failed={
        failure !== null && (
          <div className="mt-3">
            <ErrorNote title="It was not sent." error={failure} lost="The message waits as before." />
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
