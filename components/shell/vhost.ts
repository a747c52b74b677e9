"use client";

import { usePathname } from "next/navigation";
import { parseAsString, useQueryState } from "nuqs";
import { useEffect } from "react";
import { useRemembered } from "@/components/ui/remembered";

/** Pages of one thing carry the vhost in their path: `/queues/{vhost}/{name}`. */
function vhostOfPath(pathname: string): string | undefined {
  const [, , vhost, name] = pathname.split("/");
  return vhost !== undefined && name !== undefined ? decodeURIComponent(vhost) : undefined;
}

/** The virtual host that lists show (`?vhost=` in the URL); null is all of them. */
export function useVhost(): { vhost: string | null; setVhost: (vhost: string | null) => void } {
  const [vhost, setVhost] = useQueryState("vhost", parseAsString.withOptions({ history: "push" }));
  return { vhost, setVhost: (next) => void setVhost(next) };
}

/**
 * What the frame knows of the vhost: the one that is looked at, and the one that the navigation's links keep.
 * A page of one thing doesn't change what the lists will show when the reader goes back to them.
 */
export function useFrameVhost(): { shown: string | null; kept: string | null; onDetail: boolean } {
  const pathname = usePathname();
  const { vhost } = useVhost();
  const [kept, setKept] = useRemembered<string | null>("vhost", null);
  const detail = vhostOfPath(pathname);
  const onDetail = detail !== undefined;
  useEffect(() => {
    if (!onDetail && vhost !== kept) setKept(vhost);
  }, [onDetail, vhost, kept, setKept]);
  return { shown: detail ?? vhost, kept: onDetail ? kept : vhost, onDetail };
}

/** The address of a page, keeping the vhost. */
export function withVhost(href: string, vhost: string | null): string {
  return vhost === null ? href : `${href}?vhost=${encodeURIComponent(vhost)}`;
}
