import { hashPassword } from "@/lib/auth/password";
import type { AuditLine } from "@/lib/broker/audit";
import { composeBroker } from "@/lib/compose";
import { writeAudit } from "@/lib/http/audit";
import { startApi, type TestApi } from "@/test/http/support";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";

/** The HTTP API on the real engine, with its background duties, on a database of its own. */
export function startEngineApi(): Promise<TestApi> {
  return startApi(async (databaseUrl) => compose(databaseUrl));
}

/** The same with AMQP doors beside it. Closing the API doesn't close the doors: `close` does both. */
export async function startApiWithDoors(count: number): Promise<{
  readonly api: TestApi;
  readonly doors: readonly TestServer[];
  close(): Promise<void>;
}> {
  const doors: TestServer[] = [];
  const api = await startApi(async (databaseUrl, database) => {
    const composed = compose(databaseUrl);
    // Nobody has logged in who would have made the first user.
    await composed.administration.createFirstUser({
      name: "guest",
      passwordHash: await hashPassword("guest"),
      tags: ["administrator"],
    });
    const { broker, presence, doors: cluster } = composed;
    const audit = (line: AuditLine) => void writeAudit(database, line);
    for (let i = 0; i < count; i++) doors.push(await startAmqpServer({}, broker, { presence, cluster, audit }));
    return composed;
  });
  return {
    api,
    doors,
    close: async () => {
      await Promise.all(doors.map((door) => door.close()));
      await api.close();
    },
  };
}

function compose(databaseUrl: string) {
  const node = { name: "test", kind: "broker" as const, version: "0" };
  return composeBroker({ databaseUrl, node, onError: (message, error) => console.error(message, error) });
}
