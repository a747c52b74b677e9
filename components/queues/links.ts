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

let lastList: string | undefined;

/** Remembers how the list of queues was looked at last: its filter, tab and virtual host, as they stand in the address. */
export function rememberQueueList(search: string): void {
  lastList = search;
}

/** Where somebody goes who is done with a queue: the list as it was left, or that of its virtual host. */
export function queueListHref(vhost: string): string {
  const search = new URLSearchParams(lastList ?? { vhost });
  const of = search.get("vhost");
  if (of !== null && of !== vhost) return `/queues?${new URLSearchParams({ vhost })}`;
  // The dialog that adds a queue stays closed.
  search.delete("add");
  return search.size === 0 ? "/queues" : `/queues?${search}`;
}
