"use client";

import { Send } from "lucide-react";
import { MessagesView } from "@/components/messages/messages-view";
import { useMessageAlone } from "@/components/messages/use-message-alone";
import { useVhost, withVhost } from "@/components/shell/vhost";
import { ButtonLink } from "@/components/ui/button";
import { PageHead } from "@/components/ui/page-head";

/** All messages of a vhost, or of all. */
export function MessagesPage() {
  const { vhost } = useVhost();
  const alone = useMessageAlone();
  return (
    <>
      {!alone && (
        <PageHead
          title="Messages"
          note={<span className="phone:hidden">Reading changes nothing: order, flags and counts stay as they are</span>}
          actions={
            <ButtonLink href={withVhost("/publish", vhost)} icon={<Send className="icon-14" aria-hidden="true" />}>
              Publish
            </ButtonLink>
          }
        />
      )}
      <MessagesView key={vhost} vhost={vhost} />
    </>
  );
}
