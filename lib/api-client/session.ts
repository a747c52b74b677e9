import { queryOptions } from "@tanstack/react-query";
import { request, slowInterval } from "@/lib/api-client/client";

/** Who is logged in, as `GET /api/whoami` answers. */
export interface Person {
  readonly name: string;
  /** RabbitMQ's tags: `administrator`, `monitoring`, `management` ... */
  readonly tags: readonly string[];
  /** What the tags open. */
  readonly may: {
    readonly look: boolean;
    readonly change: boolean;
    readonly monitor: boolean;
    readonly set_policy: boolean;
    readonly administer: boolean;
  };
}

/** Who is logged in. A 401 leads to the login page. */
export function whoamiQuery() {
  return queryOptions({
    queryKey: ["whoami"],
    queryFn: ({ signal }) => request<Person>("GET", "/api/whoami", { signal }),
    staleTime: slowInterval,
  });
}

/** Logs in; the answer sets the session's cookie. @throws ApiError 401 when name or password is wrong. */
export function login(username: string, password: string): Promise<Person | undefined> {
  return request("POST", "/api/login", { body: { username, password }, stayOn401: true });
}

/** Ends the session. */
export function logout(): Promise<void> {
  return request("POST", "/api/logout", { stayOn401: true });
}
