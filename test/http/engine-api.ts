import { authenticateBy } from "@/lib/amqp/authenticate";
import { Authenticator } from "@/lib/auth/authenticator";
import { hashPassword } from "@/lib/auth/password";
import type { AuditLine } from "@/lib/broker/audit";
import { composeBroker } from "@/lib/compose";
import { writeAudit } from "@/lib/http/audit";
import type { AmqpAddress } from "@/lib/sample/client";
import { startApi, type TestApi } from "@/test/http/support";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";

/** The HTTP API on the real engine, with its background duties, on a database of its own. */
export function startEngineApi(): Promise<TestApi> {
  return startApi(async (databaseUrl) => compose(databaseUrl));
}

/** The same with AMQP doors beside it; the sample workload connects to the first. Closing the API doesn't close the doors: `close` does both. */
export async function startApiWithDoors(count: number): Promise<{
  readonly api: TestApi;
  readonly doors: readonly TestServer[];
  close(): Promise<void>;
}> {
  const doors: TestServer[] = [];
  let endSample = async () => {};
  const api = await startApi(async (databaseUrl, database) => {
    let tellAddress: (address: AmqpAddress) => void = () => {};
    const address = new Promise<AmqpAddress>((resolve) => {
      tellAddress = resolve;
    });
    const composed = compose(databaseUrl, address);
    endSample = composed.endSample;
    // Nobody has logged in who would have made the first user.
    await composed.administration.createFirstUser({
      name: "guest",
      passwordHash: await hashPassword("guest"),
      tags: ["administrator"],
    });
    const { broker, presence, doors: cluster } = composed;
    const audit = (line: AuditLine) => void writeAudit(database, line);
    const authenticate = authenticateBy(new Authenticator(database, composed.administration));
    const parts = { presence, cluster, audit, authenticate };
    for (let i = 0; i < count; i++) doors.push(await startAmqpServer({}, broker, parts));
    if (doors[0] !== undefined) tellAddress({ host: "127.0.0.1", port: doors[0].port });
    return composed;
  });
  return {
    api,
    doors,
    close: async () => {
      await endSample();
      await Promise.all(doors.map((door) => door.close()));
      await api.close();
    },
  };
}

function compose(databaseUrl: string, amqp?: Promise<AmqpAddress>) {
  const node = { name: "test", kind: "broker" as const, version: "0" };
  const onError = (message: string, error: unknown) => console.error(message, error);
  return composeBroker({ databaseUrl, node, onError, ...(amqp && { amqp }) });
}
