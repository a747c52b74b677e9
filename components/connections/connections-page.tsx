"use client";

import { ConnectionsView } from "@/components/connections/connections-view";
import { useVhost } from "@/components/shell/vhost";

/** The connections of the vhost that the frame has chosen. */
export function ConnectionsPage() {
  const { vhost } = useVhost();
  return <ConnectionsView vhost={vhost} />;
}
