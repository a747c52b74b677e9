import type { Prisma } from "@/generated/prisma/client";
import type { ConsoleDatabase } from "@/lib/auth/console-database";
import type { AuditLine } from "@/lib/broker/audit";

/** Adds a line to the audit log. The call that it tells of is over, so a failure here is only reported to the log. */
export async function writeAudit(database: ConsoleDatabase, line: AuditLine): Promise<void> {
  const { actor, action, vhost, target, detail, outcome } = line;
  try {
    await database.audit.create({
      data: {
        user: storable(actor.user),
        address: actor.address ?? "",
        door: actor.door,
        action,
        vhost: vhost === null ? null : storable(vhost),
        target: storable(target),
        detail: detail as Prisma.InputJsonObject,
        outcome,
      },
    });
  } catch (error) {
    console.error(`Could not write to the audit log that ${actor.user} did ${action} (${outcome}):`, error);
  }
}

function storable(text: string): string {
  // Half surrogates become U+FFFD.
  return Buffer.from(text.replaceAll("\0", "\\0")).toString("utf8");
}
