import type { Database } from "@/lib/engine/database";
import { type DeathCause, groupCauseOf } from "@/lib/engine/dead-lettering/group";
import { groupEnsure } from "@/lib/engine/sql/dead-group";

/** A group that was ensured is not looked at again for so long, in ms; the database keeps it for a day at least. */
const knownForMs = 10 * 60_000;
const maxKnown = 20_000;

/** A death with the id of its group. */
export type GroupedDeath = DeathCause & { readonly groupId: string };

/**
 * Sees to it that groups exist before letters refer to them. In statements of their own, before the burial: within it,
 * two burials that meet the same new group could wait for each other.
 */
export class KnownGroups {
  readonly #database: Database;
  readonly #known = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  async ensure(deaths: readonly GroupedDeath[]): Promise<void> {
    const now = performance.now();
    const missing = new Map<string, GroupedDeath>();
    for (const death of deaths) {
      if ((this.#known.get(death.groupId) ?? Number.NEGATIVE_INFINITY) <= now - knownForMs) {
        missing.set(death.groupId, death);
      }
    }
    if (missing.size === 0) return;
    await groupEnsure(
      this.#database.relaxed,
      [...missing.values()].map((death) => ({ ...death, ...groupCauseOf(death) })),
    );
    if (this.#known.size + missing.size > maxKnown) this.#known.clear();
    for (const id of missing.keys()) this.#known.set(id, now);
  }
}
