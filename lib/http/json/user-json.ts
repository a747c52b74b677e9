import type { Permission, TopicPermission, User } from "@/lib/broker/access";

/** A user as RabbitMQ's API gives it. */
export function userJson(
  { name, tags }: User,
  hash: { readonly password_hash: string; readonly hashing_algorithm: string },
  limits: Readonly<Record<string, number>>,
) {
  return { name, password_hash: hash.password_hash, hashing_algorithm: hash.hashing_algorithm, tags, limits };
}
export type UserJson = ReturnType<typeof userJson>;

/** A permission as RabbitMQ's API gives it. */
export function permissionJson({ user, vhost, configure, write, read }: Permission) {
  return { user, vhost, configure, write, read };
}
export type PermissionJson = ReturnType<typeof permissionJson>;

/** A topic permission as RabbitMQ's API gives it. */
export function topicPermissionJson({ user, vhost, exchange, write, read }: TopicPermission) {
  return { user, vhost, exchange, write, read };
}
export type TopicPermissionJson = ReturnType<typeof topicPermissionJson>;
