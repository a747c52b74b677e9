import { queryOptions } from "@tanstack/react-query";
import { encodeName, every, request, slowInterval } from "@/lib/api-client/client";

/** A publish form that was kept under a name. `content` is the form's own state and where it goes. */
export interface Template {
  readonly id: string;
  readonly name: string;
  readonly content: unknown;
}

/** The reader's own templates of messages. */
export function templatesQuery() {
  return queryOptions({
    queryKey: ["templates"],
    queryFn: ({ signal }) => request<readonly Template[]>("GET", "/api/templates", { signal }),
    refetchInterval: every(slowInterval),
  });
}

/** Keeps a form under a name; one of the same name is replaced. */
export function saveTemplate(name: string, content: unknown) {
  return request<Template>("POST", "/api/templates", { body: { name, content } });
}

/** Deletes one of them. */
export function deleteTemplate(id: string) {
  return request<void>("DELETE", `/api/templates/${encodeName(id)}`);
}
