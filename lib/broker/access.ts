// Who may do what to what (https://www.rabbitmq.com/docs/access-control#authorisation).

export type Right = "configure" | "write" | "read";

/** What a right is about. The default exchange, which has no name, is `amq.default` to permissions. */
export interface Resource {
  readonly vhost: string;
  readonly kind: "queue" | "exchange";
  readonly name: string;
}

/** A user as administrators see it; the hash is in the form that lib/auth writes. */
export interface User {
  readonly name: string;
  readonly passwordHash: string;
  readonly tags: readonly string[];
}

/** Regular expressions for names; an empty one fits the empty name only. */
export interface Permission extends Readonly<Record<Right, string>> {
  readonly vhost: string;
  readonly user: string;
}

/** Regular expressions for routing keys at one topic exchange; `{username}` and `{vhost}` stand for the user's. */
export interface TopicPermission {
  readonly vhost: string;
  readonly user: string;
  readonly exchange: string;
  readonly write: string;
  readonly read: string;
}
