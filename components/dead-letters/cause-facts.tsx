"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { statusWords } from "@/components/dead-letters/cause-words";
import { DeathBars } from "@/components/dead-letters/death-bars";
import { queueHref } from "@/components/queues/links";
import { useForbiddenChange } from "@/components/shell/permission";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { Field, Textarea } from "@/components/ui/field";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { Segments } from "@/components/ui/segments";
import { VisibleText } from "@/components/ui/visible-text";
import { ApiError } from "@/lib/api-client/client";
import { changeGroup, type GroupChange, type GroupDetail, groupStatuses } from "@/lib/api-client/groups";
import { whoamiQuery } from "@/lib/api-client/session";
import { formatCount, formatNoun } from "@/lib/format/numbers";

/** What is known of a cause, and what people have said about it: owner, status, note. */
export function CauseFacts({ group }: { group: GroupDetail }) {
  const client = useQueryClient();
  const { data: me } = useQuery(whoamiQuery());
  const forbidden = useForbiddenChange();
  const [failure, setFailure] = useState<unknown>(null);
  const [writing, setWriting] = useState(false);
  const change = async (wanted: Omit<GroupChange, "version">) => {
    setFailure(null);
    try {
      await changeGroup(group.id, { version: group.version, ...wanted });
      return true;
    } catch (error) {
      setFailure(error);
      return false;
    } finally {
      void client.invalidateQueries({ queryKey: ["dead-letter-groups"] });
    }
  };
  const mine = me !== undefined && group.assignee === me.name;
  const rows: { name: string; value: React.ReactNode }[] = [
    {
      name: "Latest",
      value:
        group.example === null ? (
          <span className="text-ink-3">no error was left with it</span>
        ) : (
          <span className="mono line-clamp-2 [overflow-wrap:anywhere]" title={group.example.slice(0, 1000)}>
            <VisibleText text={group.example.slice(0, 400)} />
          </span>
        ),
    },
    {
      name: "Died in",
      value: (
        <>
          <Link className="link mono" href={queueHref(group.vhost, group.queue)}>
            <VisibleText text={group.queue} />
          </Link>
          , <code>{group.reason}</code>
          {group.queues.length > 0 && ", lies in "}
          {group.queues.slice(0, 4).map(({ queue, count }, index) => (
            <span key={queue}>
              {index > 0 && ", "}
              <Link className="link mono" href={queueHref(group.vhost, queue)}>
                <VisibleText text={queue} />
              </Link>
              {group.queues.length > 1 && ` (${formatCount(count)})`}
            </span>
          ))}
        </>
      ),
    },
    {
      name: "Seen",
      value: (
        <>
          first <RelativeTime at={group.first_seen} />; last <RelativeTime at={group.last_seen} />;{" "}
          {formatNoun(group.total, "death")} in all
          {group.reopened_at !== null && group.status === "open" && (
            <>
              ; open again since <RelativeTime at={group.reopened_at} />
            </>
          )}
        </>
      ),
    },
    {
      name: "Owner",
      value: (
        <span className="inline-flex flex-wrap items-center gap-2">
          {group.assignee === null ? (
            <span className="text-ink-3">nobody yet</span>
          ) : (
            <b className="font-medium">
              <VisibleText text={group.assignee} />
            </b>
          )}
          {me !== undefined && (
            <Button
              variant="ghost"
              disabledReason={forbidden}
              onClick={() => void change({ assignee: mine ? null : me.name })}
            >
              {mine ? "Give it back" : "Take it"}
            </Button>
          )}
        </span>
      ),
    },
  ];
  return (
    <section aria-label="What is known of this cause" className="shrink-0 px-4 pt-2.5 pb-2">
      <div className="flex items-start gap-4">
        <dl className="grid min-w-0 flex-1 grid-cols-[56px_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-12">
          {rows.map(({ name, value }) => (
            <div key={name} className="contents">
              <dt className="leading-6 text-ink-3">{name}</dt>
              <dd className="min-w-0 leading-6">{value}</dd>
            </div>
          ))}
        </dl>
        <DeathBars group={group} />
      </div>
      <div className="mt-1 flex flex-wrap items-center gap-2">
        <Segments
          label="Status of this cause"
          value={group.status}
          onChange={(status) => forbidden === undefined && void change({ status })}
          options={groupStatuses.map((status) => ({ value: status, label: statusWords[status] }))}
        />
        <Button variant="ghost" disabledReason={forbidden} onClick={() => setWriting(!writing)} aria-expanded={writing}>
          {group.note === "" ? "Write a note…" : "Change the note…"}
        </Button>
        {group.changed_by !== null && group.changed_at !== null && (
          <span className="text-12 text-ink-3">
            changed by <VisibleText text={group.changed_by} /> <RelativeTime at={group.changed_at} />
          </span>
        )}
      </div>
      {group.note !== "" && !writing && (
        <p className="mt-1 text-12 whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">
          <VisibleText text={group.note} />
        </p>
      )}
      {writing && (
        <NoteForm
          note={group.note}
          onCancel={() => setWriting(false)}
          onSave={async (note) => {
            if (await change({ note })) setWriting(false);
          }}
        />
      )}
      {failure !== null && (
        <div className="mt-2">
          <ErrorNote
            title={isConflict(failure) ? "Somebody else was first." : "This was not changed."}
            error={failure}
            lost="What stands here now is the present state."
          />
        </div>
      )}
    </section>
  );
}

const isConflict = (error: unknown) => error instanceof ApiError && error.status === 409;

function NoteForm({
  note,
  onSave,
  onCancel,
}: {
  note: string;
  onSave: (note: string) => Promise<void>;
  onCancel: () => void;
}) {
  const [text, setText] = useState(note);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    await onSave(text);
    setBusy(false);
  };
  return (
    <form onSubmit={submit} className="mt-1 flex flex-col gap-2">
      <Field label="Note, for everybody who looks at this cause">
        <Textarea value={text} maxLength={4000} rows={3} onChange={(event) => setText(event.target.value)} />
      </Field>
      <span className="flex gap-2">
        <Button type="submit" busy={busy}>
          Keep the note
        </Button>
        <Button variant="ghost" onClick={onCancel}>
          Leave it as it was
        </Button>
      </span>
    </form>
  );
}
