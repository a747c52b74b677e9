"use client";

import { ChannelsView } from "@/components/channels/channels-view";
import { useVhost } from "@/components/shell/vhost";

/** The channels of the vhost that the frame has chosen. */
export function ChannelsPage() {
  const { vhost } = useVhost();
  return <ChannelsView vhost={vhost} />;
}
