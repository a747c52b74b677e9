import { expect, test } from "vitest";
import { createEngine } from "@/lib/engine/engine";
import { attack } from "@/test/amqp/hostile";
import { createTestDatabase } from "@/test/support/database";

test("what hostile connections make of the database is refused, and never an internal error", async () => {
  const database = await createTestDatabase();
  const engine = createEngine({ databaseUrl: database.url, applicationName: "test", log: { error: () => {} } });
  try {
    const report = await attack(4000, 20_090_902, engine.broker);
    expect(report.connections).toBeGreaterThan(100);
  } finally {
    await engine.close();
    await database.drop();
  }
}, 600_000);
