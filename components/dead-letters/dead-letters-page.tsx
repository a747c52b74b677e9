"use client";

import { useQuery } from "@tanstack/react-query";
import { Archive } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsString, parseAsStringLiteral, useQueryState } from "nuqs";
import { useCallback, useEffect, useMemo } from "react";
import { CausesView } from "@/components/dead-letters/causes-view";
import { JobsHere } from "@/components/jobs/jobs-here";
import { useMessageAlone } from "@/components/messages/use-message-alone";
import { useVhost, withVhost } from "@/components/shell/vhost";
import { ButtonLink } from "@/components/ui/button";
import { PageHead } from "@/components/ui/page-head";
import { Segments } from "@/components/ui/segments";
import { deadLetterCountQuery } from "@/lib/api-client/dead-letters";
import type { Job } from "@/lib/api-client/jobs";
import { trashQuery } from "@/lib/api-client/trash";
import { formatCount, formatNoun } from "@/lib/format/numbers";

// Each way of looking comes with its own parts.
const LettersView = dynamic(() => import("@/components/dead-letters/letters-view").then((parts) => parts.LettersView), {
  ssr: false,
});

const ways = ["cause", "message"] as const;

/** Dead letters of one vhost or all, by their causes or one by one. */
export function DeadLettersPage() {
  const { vhost } = useVhost();
  const [asked, setBy] = useQueryState("by", parseAsStringLiteral(ways).withOptions({ history: "push" }));
  const [group, setGroup] = useQueryState("group", parseAsString);
  const [message, setMessage] = useQueryState("message", parseAsString);
  const [q, setQ] = useQueryState("q", parseAsString);
  // A search or a message in the address is about messages; so are links from before there were causes.
  const by = asked ?? (group === null && (q !== null || message !== null) ? "message" : "cause");
  // Once messages are shown they stay, also when the search that led to them is taken back.
  useEffect(() => {
    if (asked === null && by === "message") void setBy("message", { history: "replace" });
  }, [asked, by, setBy]);
  const { data: count } = useQuery(deadLetterCountQuery({ vhost, q: "" }));
  const { data: trash } = useQuery(trashQuery(vhost));
  const inTrash = useMemo(
    () => trash?.filter((batch) => batch.restored_at === null).reduce((sum, batch) => sum + batch.count, 0),
    [trash],
  );
  const alone = useMessageAlone();
  const concerns = useCallback(
    (job: Job) => job.request.group === undefined && (job.kind === "retry" || job.kind === "discard"),
    [],
  );
  const choose = (way: (typeof ways)[number]) => {
    void setBy(way);
    void setGroup(null);
    void setMessage(null);
    void setQ(null);
  };
  return (
    <>
      {!alone && (
        <PageHead
          title="Dead letters"
          note={count === undefined ? undefined : formatNoun(count, "message")}
          actions={
            <>
              <Segments
                label="Show"
                value={by}
                onChange={choose}
                options={[
                  { value: "cause", label: "By cause" },
                  { value: "message", label: "Every message" },
                ]}
              />
              <ButtonLink href={withVhost("/trash", vhost)} icon={<Archive className="icon-14" aria-hidden="true" />}>
                Trash
                {inTrash !== undefined && inTrash > 0 && (
                  <span className="font-normal text-ink-3">{formatCount(inTrash)}</span>
                )}
              </ButtonLink>
            </>
          }
        />
      )}
      {by === "cause" ? (
        <CausesView vhost={vhost} />
      ) : (
        <>
          <JobsHere name="dead-letters" vhost={vhost} concerns={concerns} />
          <LettersView vhost={vhost} />
        </>
      )}
    </>
  );
}
