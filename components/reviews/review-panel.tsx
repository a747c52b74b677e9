"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Forward, MailX, Pencil, RotateCcw, Trash2 } from "lucide-react";
import { type FormEvent, useCallback, useMemo, useState } from "react";
import { BodyViewer } from "@/components/body/body-viewer";
import { HeadersTable } from "@/components/body/fields-table";
import type { Plain } from "@/components/body/header-values";
import { TextView } from "@/components/body/text-view";
import { CeleryNote } from "@/components/messages/celery-note";
import { timelineHref } from "@/components/messages/links";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { ForwardDialog } from "@/components/reviews/forward-dialog";
import { decisionWords, reasonWords, reviewTitle } from "@/components/reviews/review-words";
import { useReviewActions } from "@/components/reviews/use-review-actions";
import { useForbiddenChange } from "@/components/shell/permission";
import { Button, ButtonLink } from "@/components/ui/button";
import { ErrorNote, ErrorState } from "@/components/ui/error-state";
import { Field, Textarea } from "@/components/ui/field";
import { Note } from "@/components/ui/note";
import { RelativeTime } from "@/components/ui/relative-time";
import { PanelHead } from "@/components/ui/split-view";
import { TextLink } from "@/components/ui/text-link";
import { VisibleText } from "@/components/ui/visible-text";
import { type Review, reviewBytes, reviewQuery, wholeReviewQuery } from "@/lib/api-client/reviews";
import { whoamiQuery } from "@/lib/api-client/session";
import { formatNoun } from "@/lib/format/numbers";

/** One message that waits for a person: why, what it holds, what was said about it, and the decision. */
export function ReviewPanel({ id, onClose }: { id: number; onClose: () => void }) {
  const { data: review, error, refetch } = useQuery(reviewQuery(id));
  return (
    <>
      <PanelHead onClose={onClose}>
        <h2 className="clip-text" title={review && reviewTitle(review)}>
          {review ? reviewTitle(review) : `Review ${id}`}
        </h2>
      </PanelHead>
      {review ? (
        <Content review={review} />
      ) : error === null ? (
        <PanelSkeleton />
      ) : (
        <ErrorState title="This review could not be read." error={error} onRetry={() => void refetch()} />
      )}
    </>
  );
}

const noHits = { words: [], fields: new Map<string, string>() };

function Content({ review }: { review: Review }) {
  const body = useMemo(
    () => ({
      bytes: reviewBytes(review),
      size: review.payload_bytes,
      truncated: review.payload_truncated,
      contentType: review.properties.content_type,
      contentEncoding: review.properties.content_encoding,
    }),
    [review],
  );
  const client = useQueryClient();
  const load = useCallback(
    async () => reviewBytes(await client.fetchQuery(wholeReviewQuery(review.id))),
    [client, review.id],
  );
  const headers = (review.properties.headers ?? {}) as Readonly<Record<string, Plain>>;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">
      <Note tone={review.state === "decided" ? "neutral" : "danger"} icon={<MailX aria-hidden="true" />}>
        <p className="[overflow-wrap:anywhere]">
          <b className="font-semibold">
            <VisibleText text={review.error.type ?? reasonWords[review.reason]} />
          </b>
          {review.error.message !== null && (
            <>
              : <VisibleText text={review.error.message.slice(0, 2000)} />
            </>
          )}
        </p>
        <p className="text-ink-2">
          In <span className="mono">{review.queue}</span> <RelativeTime at={review.at} />, after{" "}
          {formatNoun(review.attempts, "delivery", "deliveries")}. Kept by the rule “
          <VisibleText text={review.policy} />”
          {review.note !== null && (
            <>
              : <VisibleText text={review.note} />
            </>
          )}
          . <TextLink href={timelineHref(review.vhost, review.message_id)}>Its timeline</TextLink>
        </p>
      </Note>
      <Deciding review={review} />
      <div className="mt-4">
        <BodyViewer key={review.id} body={body} load={load} hits={noHits} />
      </div>
      {review.celery && <CeleryNote task={review.celery} />}
      <h3 className="mt-3 mb-1 font-semibold">Headers</h3>
      {Object.keys(headers).length === 0 ? (
        <p className="text-12 text-ink-3">None.</p>
      ) : (
        <HeadersTable headers={headers} hits={new Map()} />
      )}
      {review.error.stack !== null && (
        <>
          <h3 className="mt-3 mb-1 font-semibold">Stack</h3>
          <div className="max-h-72 overflow-auto">
            <TextView text={review.error.stack} hits={[]} />
          </div>
        </>
      )}
      <Comments review={review} />
    </div>
  );
}

/** Who has it, and the ways out. */
function Deciding({ review }: { review: Review }) {
  const { data: me } = useQuery(whoamiQuery());
  const actions = useReviewActions(review);
  const forbidden = useForbiddenChange();
  const [forwarding, setForwarding] = useState(false);
  const { decision, claimed_by: claimedBy } = review;
  if (decision !== null) {
    return (
      <p className="mt-3">
        <b className="font-semibold">
          <VisibleText text={decision.by} /> {decisionWords[decision.kind]}
        </b>{" "}
        it <RelativeTime at={decision.at} />.
      </p>
    );
  }
  const mine = claimedBy !== null && claimedBy === me?.name;
  const taken = claimedBy !== null && !mine ? `${claimedBy} looks at it: take it over first` : undefined;
  const blocked = forbidden ?? taken;
  return (
    <section aria-label="Decide" className="mt-3 flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2 text-12 text-ink-2">
        {claimedBy === null ? (
          <>
            Nobody looks at it yet.
            <Button disabledReason={forbidden} busy={actions.busy} onClick={() => void actions.claim(false)}>
              I look at it
            </Button>
          </>
        ) : mine ? (
          <>
            You look at it
            {review.claimed_at !== null && (
              <>
                {" "}
                since <RelativeTime at={review.claimed_at} />
              </>
            )}
            .
            <Button variant="ghost" busy={actions.busy} onClick={() => void actions.release()}>
              Give it back
            </Button>
          </>
        ) : (
          <>
            <b className="font-medium text-ink">
              <VisibleText text={claimedBy} />
            </b>{" "}
            looks at it.
            <Button disabledReason={forbidden} busy={actions.busy} onClick={() => void actions.claim(true)}>
              Take it over
            </Button>
          </>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button
          variant="primary"
          icon={<RotateCcw className="icon-14" aria-hidden="true" />}
          disabledReason={blocked}
          busy={actions.busy}
          onClick={() => void actions.decide({ decision: "retry" })}
        >
          Retry
        </Button>
        {blocked === undefined ? (
          <ButtonLink
            href={`/reviews/edit?review=${review.id}`}
            icon={<Pencil className="icon-14" aria-hidden="true" />}
          >
            Edit and retry
          </ButtonLink>
        ) : (
          <Button icon={<Pencil className="icon-14" aria-hidden="true" />} disabledReason={blocked}>
            Edit and retry
          </Button>
        )}
        <Button
          icon={<Forward className="icon-14" aria-hidden="true" />}
          disabledReason={blocked}
          onClick={() => setForwarding(true)}
        >
          Forward…
        </Button>
        <Button
          icon={<MailX className="icon-14" aria-hidden="true" />}
          disabledReason={blocked}
          busy={actions.busy}
          onClick={() => void actions.decide({ decision: "dead_letter" })}
        >
          Dead-letter
        </Button>
        <Button
          variant="danger"
          icon={<Trash2 className="icon-14" aria-hidden="true" />}
          disabledReason={blocked}
          busy={actions.busy}
          onClick={() => void actions.decide({ decision: "discard" })}
        >
          Discard
        </Button>
      </div>
      {actions.failure !== null && (
        <ErrorNote title="It was not decided." error={actions.failure} lost="The message waits as before." />
      )}
      <ForwardDialog
        vhost={review.vhost}
        open={forwarding}
        onClose={() => setForwarding(false)}
        onForward={(to) => actions.decideOrThrow({ decision: "forward", to })}
      />
    </section>
  );
}

function Comments({ review }: { review: Review }) {
  const actions = useReviewActions(review);
  const forbidden = useForbiddenChange();
  const [text, setText] = useState("");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === "") return;
    if (await actions.comment(text.trim())) setText("");
  };
  return (
    <section aria-label="Comments" className="mt-4">
      <h3 className="mb-1 font-semibold">Comments</h3>
      <ul className="flex flex-col gap-1">
        {review.comments.map((comment, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: comments are only ever added.
          <li key={index} className="text-12">
            <b className="font-medium">
              <VisibleText text={comment.by} />
            </b>{" "}
            <span className="text-ink-3">
              <RelativeTime at={comment.at} />
            </span>
            <p className="whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">
              <VisibleText text={comment.text} />
            </p>
          </li>
        ))}
      </ul>
      <form onSubmit={submit} className="mt-2 flex flex-col gap-2">
        <Field label="Say something about it">
          <Textarea rows={2} maxLength={4000} value={text} onChange={(event) => setText(event.target.value)} />
        </Field>
        <span>
          <Button
            type="submit"
            busy={actions.busy}
            disabledReason={forbidden ?? (text.trim() === "" ? "Write something first" : undefined)}
          >
            Comment
          </Button>
        </span>
      </form>
      {actions.failure !== null && <ErrorNote title="The comment was not kept." error={actions.failure} />}
    </section>
  );
}
