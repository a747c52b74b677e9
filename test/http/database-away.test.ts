import { describe, expect, it } from "vitest";
import { isDatabaseAway, openConsoleDatabase } from "@/lib/auth/console-database";
import { createTestDatabase } from "@/test/support/database";

describe("isDatabaseAway", () => {
  it("knows a server that isn't there", async () => {
    const database = openConsoleDatabase("postgresql://nobody:x@127.0.0.1:9/none");
    const error = await database.user.count().catch((problem: unknown) => problem);
    expect(isDatabaseAway(error)).toBe(true);
    await database.$disconnect();
  });

  it("knows connections that were cut, also in raw queries", async () => {
    const { url, drop } = await createTestDatabase();
    const database = openConsoleDatabase(url);
    await database.user.count();
    const waiting = [database.$queryRaw`select pg_sleep(20)`, database.user.count()];
    const results = Promise.allSettled(waiting);
    await drop();
    const [first] = await results;
    expect(first?.status).toBe("rejected");
    expect(isDatabaseAway((first as PromiseRejectedResult).reason)).toBe(true);
    await database.$disconnect();
  });

  it("knows what Prisma makes of a server that is starting", () => {
    const driver = { name: "DriverAdapterError", cause: { kind: "postgres", originalCode: "57P03" } };
    expect(
      isDatabaseAway(
        Object.assign(new Error("raw query failed"), { code: "P2010", meta: { driverAdapterError: driver } }),
      ),
    ).toBe(true);
  });

  it("leaves other faults alone", async () => {
    const { url, drop } = await createTestDatabase();
    const database = openConsoleDatabase(url);
    const error = await database.$queryRaw`select nonsense`.catch((problem: unknown) => problem);
    expect(isDatabaseAway(error)).toBe(false);
    expect(isDatabaseAway(new Error("odd"))).toBe(false);
    expect(isDatabaseAway(undefined)).toBe(false);
    await database.$disconnect();
    await drop();
  });
});
