"use client";

import { useQuery } from "@tanstack/react-query";
import { useVhost } from "@/components/shell/vhost";
import { NameText } from "@/components/ui/visible-text";
import { vhostsQuery } from "@/lib/api-client/vhosts";

/**
 * The vhost of a page that can only show one: the chosen one; where all are chosen, `/`, or else the one with the most
 * messages.
 * `chosen` is false where there are others that the reader didn't choose against.
 */
export function useOneVhost(): { vhost: string; chosen: boolean } {
  const { vhost } = useVhost();
  const { data } = useQuery({ ...vhostsQuery, enabled: vhost === null });
  if (vhost !== null) return { vhost, chosen: true };
  const vhosts = data ?? [];
  const usual = vhosts.find(({ name, messages }) => name === "/" && messages > 0);
  const fullest = vhosts.toSorted((a, b) => b.messages - a.messages).find(({ messages }) => messages > 0);
  return { vhost: (usual ?? fullest)?.name ?? "/", chosen: vhosts.length <= 1 };
}

/** Says that one vhost is shown although all are chosen. `inset`: it stands in something that has a margin already. */
export function VhostNote({ vhost, what, inset = false }: { vhost: string; what: string; inset?: boolean }) {
  return (
    <p className={`text-12 text-ink-3 ${inset ? "pb-3" : "px-4 pb-1"}`}>
      {what} of one virtual host at a time: this is{" "}
      <code className="text-ink-2">
        <NameText text={vhost} />
      </code>
      . The top bar chooses another.
    </p>
  );
}
