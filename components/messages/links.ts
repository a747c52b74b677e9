import { encodeName } from "@/lib/api-client/client";

/** Names one message in the address of a page of one vhost: `123@orders.payment`. */
export function refText(ref: { queue: string; id: number }): string {
  return `${ref.id}@${ref.queue}`;
}

/** The same in the address of a page of all vhosts: `123@shop/orders.payment`. */
export function fullRefText(ref: { vhost: string; queue: string; id: number }): string {
  return `${ref.id}@${encodeName(ref.vhost)}/${ref.queue}`;
}

/** Reads what `fullRefText` wrote; null for anything else. */
export function parseFullRef(text: string | null): { vhost: string; queue: string; id: number } | null {
  const parts = /^(\d{1,16})@([^/]+)\/(.*)$/s.exec(text ?? "");
  if (parts?.[2] === undefined || parts[3] === undefined) return null;
  try {
    return { id: Number(parts[1]), vhost: decodeURIComponent(parts[2]), queue: parts[3] };
  } catch {
    return null;
  }
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

/** What happened to a message; `messageId` is Warren's own number of it. */
export function timelineHref(vhost: string, messageId: number): string {
  return `/timeline?vhost=${encodeName(vhost)}&by=id&value=${messageId}`;
}
