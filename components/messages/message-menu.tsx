"use client";

import { Braces, Download, Ellipsis, Link2, Pencil, Route, Send, Terminal } from "lucide-react";
import type { ReactNode } from "react";
import { editHref, publishLikeHref, timelineHref } from "@/components/messages/links";
import { curlOf, messageJson } from "@/components/messages/message-export";
import { buttonClass } from "@/components/ui/button";
import { copyText } from "@/components/ui/clipboard";
import { Menu, MenuItem, MenuLink, MenuRule } from "@/components/ui/menu";
import { showDone } from "@/components/ui/toast";
import { bodyHref, loadBody, type Message } from "@/lib/api-client/messages";
import { base64FromBytes } from "@/lib/format/base64";

/** The message with its whole body; loads it where the body was cut. */
async function whole(message: Message): Promise<Message> {
  if (!message.payload_truncated) return message;
  const bytes = await loadBody(message);
  return { ...message, payload: base64FromBytes(bytes), payload_encoding: "base64", payload_truncated: false };
}

async function copy(what: string, text: Promise<string>) {
  const copied = await text.then(copyText, () => false);
  showDone({ message: copied ? `${what} is on the clipboard` : `${what} could not be copied; the browser refused` });
}

/** What else can be done with a message: copies, the publish form, the body as a file. `children` come last. */
export function MessageMenu({ message, children }: { message: Message; children?: ReactNode }) {
  return (
    <Menu
      trigger={
        <button type="button" aria-label="More actions" className={buttonClass({ variant: "ghost", icon: true })}>
          <Ellipsis className="icon-16" aria-hidden="true" />
        </button>
      }
    >
      <MenuLink icon={<Send className="icon-14" aria-hidden="true" />} href={publishLikeHref(message)}>
        Open in the publish form
      </MenuLink>
      <MenuLink icon={<Pencil className="icon-14" aria-hidden="true" />} href={editHref(message)}>
        {message.death ? "Edit and retry" : "Edit and send again"}
      </MenuLink>
      <MenuLink
        icon={<Route className="icon-14" aria-hidden="true" />}
        href={timelineHref(message.vhost, message.message_id)}
      >
        Timeline
      </MenuLink>
      <MenuRule />
      <MenuItem
        icon={<Braces className="icon-14" aria-hidden="true" />}
        onSelect={() => void copy("The message as JSON", whole(message).then(messageJson))}
      >
        Copy as JSON
      </MenuItem>
      <MenuItem
        icon={<Terminal className="icon-14" aria-hidden="true" />}
        onSelect={() =>
          void copy(
            "A curl command",
            whole(message).then((all) => curlOf(all, location.origin)),
          )
        }
      >
        Copy as curl
      </MenuItem>
      <MenuItem
        icon={<Link2 className="icon-14" aria-hidden="true" />}
        onSelect={() => void copy("The address of this view", Promise.resolve(location.href))}
      >
        Copy link
      </MenuItem>
      <MenuItem
        icon={<Download className="icon-14" aria-hidden="true" />}
        onSelect={() => location.assign(bodyHref(message))}
      >
        Download body
      </MenuItem>
      {children}
    </Menu>
  );
}
