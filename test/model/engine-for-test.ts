import type { Broker } from "@/lib/broker/broker";
import { createEngine } from "@/lib/engine/engine";
import { startNode } from "@/lib/engine/node";
import { createTestDatabase } from "@/test/support/database";

export interface EngineForTest {
  readonly broker: Broker;
  /** What the engine would have logged: failures that nobody waited for. */
  readonly errors: readonly unknown[];
  close(): Promise<void>;
}

/** An engine on a database of its own, with its duties, as in production. */
export async function engineForTest(): Promise<EngineForTest> {
  const database = await createTestDatabase();
  const errors: unknown[] = [];
  const log = { error: (_message: string, error: unknown) => void errors.push(error) };
  const engine = createEngine({ databaseUrl: database.url, applicationName: "model test", log });
  const node = startNode(engine.context, { name: "test", kind: "broker", version: "0" });
  return {
    broker: engine.broker,
    errors,
    close: async () => {
      await node.stop();
      await engine.close();
      await database.drop();
    },
  };
}
