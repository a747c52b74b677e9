import amqp, { type ChannelModel } from "amqplib";
import type { LoginFrom } from "@/lib/amqp/certificate-name";
import type { AmqpSettings, Authenticate } from "@/lib/amqp/door";
import { AmqpServer } from "@/lib/amqp/server";
import type { AuditLine } from "@/lib/broker/audit";
import type { Broker } from "@/lib/broker/broker";
import type { DoorCluster } from "@/lib/broker/door-cluster";
import { BrokerError } from "@/lib/broker/errors";
import type { PresenceBoard } from "@/lib/broker/presence";
import { ModelBroker } from "@/test/model/model-broker";

/** A door on a broker of its own, with what a test needs to talk to it. */
export interface TestServer {
  readonly broker: Broker;
  readonly server: AmqpServer;
  readonly port: number;
  /** What was logged as an error. */
  readonly errors: unknown[];
  connect(options?: {
    readonly user?: string;
    readonly vhost?: string;
    readonly query?: string;
  }): Promise<ChannelModel>;
  close(): Promise<void>;
}

export interface ServerParts {
  readonly presence?: PresenceBoard | undefined;
  readonly loginFrom?: LoginFrom | undefined;
  readonly cluster?: DoorCluster | undefined;
  readonly audit?: ((line: AuditLine) => void) | undefined;
  /** Asked about those whose password isn't their name; if not given, they are not let in. */
  readonly authenticate?: Authenticate | undefined;
}

/** Everybody may come in whose password is their name. Of certificates' names only `nobody` is unknown. */
export async function startAmqpServer(
  settings: Partial<AmqpSettings> = {},
  broker: Broker = new ModelBroker(),
  { presence, loginFrom, cluster, audit, authenticate }: ServerParts = {},
): Promise<TestServer> {
  const errors: unknown[] = [];
  const server = new AmqpServer({
    broker,
    authenticate: async (user, password, address) => {
      if (user === password) return { name: user, tags: ["administrator"] };
      if (authenticate === undefined) throw new BrokerError("unauthenticated", "wrong");
      return authenticate(user, password, address);
    },
    identify: async (user) => {
      if (user === "nobody") throw new BrokerError("unauthenticated", "unknown");
      return { name: user, tags: ["administrator"] };
    },
    ...(loginFrom && { loginFrom }),
    log: { error: (message, error) => errors.push(message, error) },
    settings,
    ...(presence && { presence }),
    ...(cluster && { cluster }),
    ...(audit && { audit }),
  });
  const port = await server.listen(0, "127.0.0.1");
  return {
    broker,
    server,
    port,
    errors,
    connect: async ({ user = "guest", vhost = "%2F", query = "" } = {}) => {
      const connection = await amqp.connect(`amqp://${user}:${user}@127.0.0.1:${port}/${vhost}${query}`);
      connection.on("error", () => {});
      return connection;
    },
    close: () => server.close(),
  };
}
