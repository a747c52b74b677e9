import { acts, type RawScenario, text } from "@/test/conformance/raw/scenario";

export const transactionScenarios: Readonly<Record<string, RawScenario>> = {
  "transactions, out of turn": acts({
    "commit of none": (peer) => peer.send(1, "tx.commit"),
    "rollback of none": (peer) => peer.send(1, "tx.rollback"),
    "selected twice": (peer) => {
      peer.send(1, "tx.select");
      peer.send(1, "tx.select");
      peer.send(1, "tx.commit");
      peer.send(1, "tx.rollback");
    },
    "confirms within": (peer) => {
      peer.send(1, "tx.select");
      peer.send(1, "confirm.select");
    },
    "within confirms": (peer) => {
      peer.send(1, "confirm.select");
      peer.send(1, "tx.select");
    },
    "an unknown exchange": (peer) => {
      peer.send(1, "tx.select");
      peer.publish(1, text, { exchange: "nowhere" });
    },
    "an internal exchange": (peer) => {
      peer.send(1, "exchange.declare", { exchange: "tx.internal", internal: true });
      peer.send(1, "tx.select");
      peer.publish(1, text, { exchange: "tx.internal" });
    },
    "an unknown tag": (peer) => {
      peer.send(1, "tx.select");
      peer.send(1, "basic.ack", { deliveryTag: 3 });
    },
    "a tag used twice": (peer) => {
      peer.send(1, "queue.declare", { queue: "tx.twice" });
      peer.publish(1, text, { routingKey: "tx.twice" });
      peer.send(1, "basic.get", { queue: "tx.twice", noAck: false });
      peer.send(1, "tx.select");
      peer.send(1, "basic.ack");
      peer.send(1, "basic.ack");
    },
  }),

  transactions: async (bench) => {
    const peer = bench.peer();
    await peer.ready();
    const queue = "tx.q";
    const count = async () => {
      peer.send(1, "queue.declare", { queue, passive: true });
      return peer.next(1);
    };
    peer.send(1, "queue.declare", { queue });
    peer.send(1, "tx.select");
    await peer.next(2);
    peer.publish(1, text, { routingKey: queue });
    peer.publish(1, text, { routingKey: "nowhere", mandatory: true });
    const before = await count();
    peer.send(1, "tx.commit");
    const committed = await peer.next(4);
    const after = await count();
    peer.publish(1, text, { routingKey: queue });
    peer.publish(1, text, { routingKey: "nowhere", mandatory: true });
    peer.send(1, "tx.rollback");
    const rolledBack = await peer.next(1);
    const same = await count();
    peer.send(1, "basic.get", { queue, noAck: false });
    const got = await peer.next(3);
    peer.send(1, "basic.nack");
    peer.send(1, "tx.rollback");
    const kept = await peer.next(1);
    peer.send(1, "basic.reject", { requeue: true });
    peer.send(1, "tx.commit");
    const back = await peer.next(1);
    peer.send(1, "basic.get", { queue });
    const again = await peer.next(3);
    return { before, committed, after, rolledBack, same, got, kept, back, again };
  },
};
