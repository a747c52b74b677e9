"use client";

import { ExchangesView } from "@/components/exchanges/exchanges-view";
import { useVhost } from "@/components/shell/vhost";

/** The exchanges of the vhost that the frame has chosen. */
export function ExchangesPage() {
  const { vhost } = useVhost();
  return <ExchangesView vhost={vhost} />;
}
