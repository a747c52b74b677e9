import { randomFillSync } from "node:crypto";
import { BrokerError } from "@/lib/broker/errors";
import type { Receipt } from "@/lib/broker/requests";

/** What a receipt stands for: one entry, and the lease under which it is held. */
export interface Hold {
  readonly queueId: number;
  readonly rank: number;
  readonly seq: number;
  readonly token: number;
}

const tokenBytes = 7;
/** Drawn for many tokens at a time: asking the system costs 20 us. What was used is overwritten. */
const drawn = Buffer.alloc(tokenBytes * 256);
let used = drawn.length;

/**
 * An odd number for one lease, below 2^53; the even number before it is for what a claim holds. It is what proves that the caller holds the message, so it is drawn from the
 * system's random source: whoever has not been given it can't settle the message.
 */
export function newLeaseToken(): number {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  const token = (drawn.readUInt8(used) & 0x1f) * 2 ** 48 + drawn.readUIntBE(used + 1, tokenBytes - 1);
  drawn.fill(0, used, used + tokenBytes);
  used += tokenBytes;
  return token - (token % 2) + 1;
}

/** The receipt of a lease, as it is given out: it names the entry and the token that settles it. */
export function receiptOf({ queueId, rank, seq, token }: Hold): Receipt {
  return `${queueId.toString(36)}.${rank.toString(36)}.${seq.toString(36)}.${token.toString(36)}`;
}

const shape = /^([0-9a-z]{1,6})\.([0-9a-z]{1,3})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})$/;

/** Throws `bad-request` for what is no receipt. */
export function holdOf(receipt: Receipt): Hold {
  const parts = shape.exec(receipt);
  const queueId = Number.parseInt(parts?.[1] ?? "", 36);
  const rank = Number.parseInt(parts?.[2] ?? "", 36);
  const seq = Number.parseInt(parts?.[3] ?? "", 36);
  const token = Number.parseInt(parts?.[4] ?? "", 36);
  if (!parts || queueId > 0x7fffffff || rank > 255 || !Number.isSafeInteger(seq) || !Number.isSafeInteger(token)) {
    throw new BrokerError("bad-request", "This is not a receipt of this broker.");
  }
  return { queueId, rank, seq, token };
}
