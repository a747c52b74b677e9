import type { Actor } from "@/lib/broker/actor";
import type { EngineContext } from "@/lib/engine/context";
import { settingGet, settingPut } from "@/lib/engine/sql/setting";

const setting = "sample";

/** Keeps in the database whether the sample workload is to run, so that any node can ask and any can act on it. */
export class SampleSwitch {
  readonly #context: EngineContext;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  /** What was written last, and when; null if nothing ever was. */
  async read(): Promise<{ readonly state: unknown; readonly since: Date } | null> {
    const row = await settingGet(this.#context.database.main, setting);
    return row === undefined ? null : { state: row.value, since: row.changed_at };
  }

  /** Writes it, unless `was` is given and something else stands there by now. */
  async write(actor: Actor, state: string, was?: string): Promise<void> {
    await settingPut(this.#context.database.main, setting, state, actor.user, was === undefined ? undefined : { was });
  }
}
