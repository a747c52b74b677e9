"use client";

import { useQuery } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { timelineHref } from "@/components/messages/links";
import { Note } from "@/components/ui/note";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { VisibleText } from "@/components/ui/visible-text";
import { type Edit, lineageQuery } from "@/lib/api-client/edits";

/** Says that a message was made from another one by hand, or that another one was made from it; nothing otherwise. */
export function LineageNote({ vhost, messageId }: { vhost: string; messageId: number }) {
  const { data } = useQuery(lineageQuery(vhost, messageId));
  if (!data || (data.edited_from === null && data.edited_to.length === 0)) return null;
  return (
    <div className="mb-2">
      <Note icon={<Pencil aria-hidden="true" />}>
        {data.edited_from !== null && (
          <p>
            Edited from <Link vhost={vhost} id={data.edited_from.from_message_id} /> <By edit={data.edited_from} />
          </p>
        )}
        {data.edited_to.map((edit) => (
          <p key={edit.to_message_id}>
            Edited into <Link vhost={vhost} id={edit.to_message_id} /> <By edit={edit} />
          </p>
        ))}
      </Note>
    </div>
  );
}

function Link({ vhost, id }: { vhost: string; id: number }) {
  return (
    <TextLink href={timelineHref(vhost, id)}>
      <span className="mono">{id}</span>
    </TextLink>
  );
}

function By({ edit }: { edit: Edit }) {
  return (
    <>
      by <VisibleText text={edit.by} /> <RelativeTime at={edit.at} />.
    </>
  );
}
