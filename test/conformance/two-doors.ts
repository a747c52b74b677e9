import { createEngine } from "@/lib/engine/engine";
import { startNode } from "@/lib/engine/node";
import { startRabbitMq } from "@/test/conformance/rabbitmq-server";
import { startAmqpServer } from "@/test/support/amqp/amqp-server";
import { createTestDatabase } from "@/test/support/database";

/** AMQP doors that are compared: of a real RabbitMQ, and of Warren's engine on a database of its own. */
export interface TwoDoors {
  readonly rabbitUrl: string;
  readonly warrenPort: number;
  stop(): Promise<void>;
}

/** Starts both; what has been started is stopped again when one of them does not come up. */
export async function startTwoDoors(): Promise<TwoDoors> {
  const started: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    const rabbit = await startRabbitMq();
    started.push(rabbit.stop);
    const database = await createTestDatabase();
    started.push(database.drop);
    const engine = createEngine({ databaseUrl: database.url, applicationName: "test", log: { error: () => {} } });
    started.push(engine.close);
    const node = startNode(engine.context, { name: "test", kind: "broker", version: "0" });
    started.push(node.stop);
    const warren = await startAmqpServer({}, engine.broker, { cluster: engine.context.doors });
    started.push(warren.close);
    return { rabbitUrl: rabbit.url, warrenPort: warren.port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
