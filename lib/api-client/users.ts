import { queryOptions } from "@tanstack/react-query";
import { encodeName, every, liveInterval, request } from "@/lib/api-client/client";
import type { PermissionJson, TopicPermissionJson, UserJson } from "@/lib/http/json/user-json";

/** A user as the list has it; the hash of the password stays on the server. */
export type User = Pick<UserJson, "name" | "tags" | "limits">;
export type Permission = PermissionJson;
export type TopicPermission = TopicPermissionJson;

const path = (name: string) => `/api/users/${encodeName(name)}`;
const permissionPath = ({ vhost, user }: { vhost: string; user: string }) =>
  `/api/permissions/${encodeName(vhost)}/${encodeName(user)}`;
const topicPath = ({ vhost, user }: { vhost: string; user: string }) =>
  `/api/topic-${permissionPath({ vhost, user }).slice(5)}`;

/** All users. Only administrators get them; no event tells of a change, so they are polled. */
export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: ({ signal }) => request<readonly User[]>("GET", "/api/users?columns=name,tags,limits", { signal }),
  refetchInterval: every(2 * liveInterval),
});

/** What all users may do in which virtual hosts. */
export const permissionsQuery = queryOptions({
  queryKey: ["permissions"],
  queryFn: ({ signal }) => request<readonly Permission[]>("GET", "/api/permissions", { signal }),
  refetchInterval: every(2 * liveInterval),
});

/** Which routing keys users may use at topic exchanges. */
export const topicPermissionsQuery = queryOptions({
  queryKey: ["topic-permissions"],
  queryFn: ({ signal }) => request<readonly TopicPermission[]>("GET", "/api/topic-permissions", { signal }),
  refetchInterval: every(2 * liveInterval),
});

/** Makes a user, or gives one another password and other tags. @param password empty: nobody can log in with one */
export function putUser(name: string, user: { readonly password: string; readonly tags: readonly string[] }) {
  return request<void>("PUT", path(name), { body: user });
}

/** Gives a user other tags; the password stays, by its hash, which is asked for just then. */
export async function changeTags(name: string, tags: readonly string[]): Promise<void> {
  const { password_hash, hashing_algorithm } = await request<UserJson>("GET", path(name));
  await request<void>("PUT", path(name), { body: { password_hash, hashing_algorithm, tags } });
}

/** Whether there is a user of this name: `putUser` would change it. */
export async function userExists(name: string): Promise<boolean> {
  const users = await request<readonly Pick<User, "name">[]>("GET", "/api/users?columns=name");
  return users.some((user) => user.name === name);
}

/** Deletes a user with permissions, tokens and sessions; its connections are closed. */
export function deleteUser(name: string) {
  return request<void>("DELETE", path(name));
}

/** Says what a user may do in a vhost, whether or not it was said before. */
export function putPermission({ configure, write, read, ...of }: Permission) {
  return request<void>("PUT", permissionPath(of), { body: { configure, write, read } });
}

/** Takes all that a user may do in a vhost away. */
export function deletePermission(permission: Pick<Permission, "vhost" | "user">) {
  return request<void>("DELETE", permissionPath(permission));
}

/** Says which routing keys a user may use at a topic exchange. */
export function putTopicPermission({ exchange, write, read, ...of }: TopicPermission) {
  return request<void>("PUT", topicPath(of), { body: { exchange, write, read } });
}

/** Lets a user use all routing keys at that exchange again. */
export function deleteTopicPermission({ exchange, ...of }: Pick<TopicPermission, "vhost" | "user" | "exchange">) {
  return request<void>("DELETE", `${topicPath(of)}/${encodeName(exchange)}`);
}
