import type { MessageRates, MessageTotals } from "@/lib/broker/topology";
import type { TotalsRow } from "@/lib/engine/sql/overview";

/** Counters as the tables name them, as the contract does. */
export function totalsOf(row: TotalsRow): MessageTotals {
  return {
    publish: row.publish,
    deliver: row.deliver,
    deliverNoAck: row.deliver_no_ack,
    get: row.get,
    getNoAck: row.get_no_ack,
    ack: row.ack,
    redeliver: row.redeliver,
    returnUnroutable: row.return_unroutable,
    dropUnroutable: row.drop_unroutable,
  };
}

/**
 * Events per second between two readings of the same counters. Never negative: a sum over queues falls when one of
 * them is deleted.
 * @param seconds between the readings; rates are 0 when it is 0
 */
export function ratesBetween(before: MessageTotals, after: MessageTotals, seconds: number): MessageRates {
  const rate = (name: keyof MessageTotals) => (seconds > 0 ? Math.max(0, after[name] - before[name]) / seconds : 0);
  return {
    publish: rate("publish"),
    deliver: rate("deliver"),
    deliverNoAck: rate("deliverNoAck"),
    get: rate("get"),
    getNoAck: rate("getNoAck"),
    ack: rate("ack"),
    redeliver: rate("redeliver"),
    returnUnroutable: rate("returnUnroutable"),
    dropUnroutable: rate("dropUnroutable"),
  };
}

export const noRates: MessageRates = {
  publish: 0,
  deliver: 0,
  deliverNoAck: 0,
  get: 0,
  getNoAck: 0,
  ack: 0,
  redeliver: 0,
  returnUnroutable: 0,
  dropUnroutable: 0,
};
