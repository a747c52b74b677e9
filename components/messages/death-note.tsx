import { ChevronDown, ChevronRight, MailX } from "lucide-react";
import { useState } from "react";
import { TextView } from "@/components/body/text-view";
import { stackOf } from "@/components/messages/death-history";
import { queueHref } from "@/components/queues/links";
import { Link } from "@/components/ui/link";
import { Note } from "@/components/ui/note";
import { RelativeTime } from "@/components/ui/relative-time";
import { VisibleText } from "@/components/ui/visible-text";
import type { Death, Message } from "@/lib/api-client/messages";
import { formatNoun } from "@/lib/format/numbers";

/** Why a message is dead, in words. */
const reasonWords: Readonly<Record<Death["reason"], string>> = {
  rejected: "A consumer rejected it",
  expired: "It waited longer than its time to live",
  maxlen: "Its queue was full",
  delivery_limit: "It was delivered too often without an acknowledgement",
};

const noHits: readonly string[] = [];

/** The red box above a dead letter: what killed it, where, how often; the stack unfolds. */
export function DeathNote({ message, death }: { message: Message; death: Death }) {
  const [open, setOpen] = useState(false);
  const stack = stackOf(message);
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <>
      <Note tone="danger" icon={<MailX aria-hidden="true" />}>
        <p className="[overflow-wrap:anywhere]">
          <b className="font-semibold">
            <VisibleText text={(death.error_type ?? reasonWords[death.reason]).slice(0, 400)} />
          </b>
          {death.error_message === null ? "." : ": "}
          {death.error_message !== null && <VisibleText text={death.error_message.slice(0, 2000)} />}
        </p>
        <p className="text-ink-2">
          {death.error_type !== null && `${reasonWords[death.reason]}, `}
          {death.error_type === null ? "Died in " : "in "}
          <Link className="link mono" href={queueHref(message.vhost, death.origin_queue)}>
            <VisibleText text={death.origin_queue} />
          </Link>{" "}
          <RelativeTime at={death.at} />
          {death.count > 1 && `; ${formatNoun(death.count, "death")} in all`}. Reason <code>{death.reason}</code>.
        </p>
        {stack && (
          <button
            type="button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            className="mt-1 inline-flex items-center gap-1 text-ink-2 hover:text-ink"
          >
            <Chevron className="size-3" aria-hidden="true" />
            Stack, from header <code>{stack.header}</code>
          </button>
        )}
      </Note>
      {stack && open && (
        <div className="mt-1 max-h-72 overflow-auto">
          <TextView text={stack.stack} hits={noHits} />
        </div>
      )}
    </>
  );
}
