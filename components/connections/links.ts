import type { Consumer } from "@/lib/api-client/connections";

/** The list of connections with one of them open. */
export function connectionHref(name: string): string {
  return `/connections?${new URLSearchParams({ open: name })}`;
}

/** What a person calls a consumer: the name that its client gave its connection, else its tag. */
export function consumerName(consumer: Consumer): string {
  return consumer.channel_details.user_provided_name ?? consumer.consumer_tag;
}

/** Where a consumer runs. */
export function consumerPeer({ channel_details: { peer_host: host, peer_port: port } }: Consumer): string {
  return `${host}:${port}`;
}
