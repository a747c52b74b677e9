import type { Audit } from "@/generated/prisma/client";

/** One line of the audit log; `at` is ISO 8601. */
export function auditJson({ id, at, user, address, door, action, vhost, target, detail, outcome }: Audit) {
  return { id: Number(id), at: at.toISOString(), user, address, door, action, vhost, target, detail, outcome };
}
export type AuditJson = ReturnType<typeof auditJson>;
