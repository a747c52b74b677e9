import { encodeName } from "@/lib/api-client/client";
import { defaultExchangeInUrl } from "@/lib/api-client/exchanges";

/** The page of a queue; `tab` is the segment of one of its tabs. */
export function queueHref(vhost: string, name: string, tab?: string): string {
  return `/queues/${encodeName(vhost)}/${encodeName(name)}${tab === undefined ? "" : `/${tab}`}`;
}

/** Where the page of an exchange is; the default one, which has no name, has a word for it in addresses. */
export function exchangeHref(vhost: string, name: string): string {
  return `/exchanges/${encodeName(vhost)}/${encodeName(name || defaultExchangeInUrl)}`;
}

/** The publish form, filled in with where to. */
export function publishHref(vhost: string, exchange: string, routingKey: string): string {
  return `/publish?${new URLSearchParams({ vhost, exchange, key: routingKey })}`;
}
