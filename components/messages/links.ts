import { encodeName } from "@/lib/api-client/client";

/** Names one message in the address of a page: `123@orders.payment`. */
export function refText(ref: { queue: string; id: number }): string {
  return `${ref.id}@${ref.queue}`;
}

/** Reads what `refText` wrote; null for anything else. */
export function parseRef(text: string | null): { queue: string; id: number } | null {
  const parts = /^(\d{1,16})@(.*)$/s.exec(text ?? "");
  return parts?.[2] === undefined ? null : { id: Number(parts[1]), queue: parts[2] };
}

/** The publish form, filled in from a message that exists. */
export function publishLikeHref(ref: { vhost: string; queue: string; id: number }): string {
  return `/publish?vhost=${encodeName(ref.vhost)}&like=${encodeName(refText(ref))}`;
}

/** The form that changes a message and sends it again. */
export function editHref(ref: { vhost: string; queue: string; id: number }): string {
  return `/edit/${encodeName(ref.vhost)}/${encodeName(ref.queue)}/${ref.id}`;
}
