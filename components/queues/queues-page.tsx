"use client";

import { QueuesView } from "@/components/queues/queues-view";
import { useVhost } from "@/components/shell/vhost";

/** The queues of the vhost that the frame has chosen. */
export function QueuesPage() {
  const { vhost } = useVhost();
  return <QueuesView vhost={vhost} />;
}
