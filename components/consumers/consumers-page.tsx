"use client";

import { ConsumersView } from "@/components/consumers/consumers-view";
import { useVhost } from "@/components/shell/vhost";

/** The consumers of the vhost that the frame has chosen. */
export function ConsumersPage() {
  const { vhost } = useVhost();
  return <ConsumersView vhost={vhost} />;
}
