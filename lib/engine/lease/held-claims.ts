import type { Hold } from "@/lib/engine/lease/receipt";
import type { BrokenClaim } from "@/lib/engine/sql/claim-break";
import type { ClaimedAcknowledgement } from "@/lib/engine/sql/claim-settle";

/** What is remembered may be forgotten at any time: then it is looked up. So many messages are remembered at most. */
const mostMessages = 500_000;

/** One row of `warren.claim` that this node has made, and what of it isn't settled yet. */
export interface HeldClaim {
  readonly queueId: number;
  readonly rank: number;
  readonly hi: number;
  readonly token: number;
  version: number;
  readonly open: Set<number>;
}

/**
 * The claims by which this node has handed messages out. It knows which messages are still held by them and when one of
 * them is done with, so that acknowledging needs to look nothing up.
 */
export class HeldClaims {
  /** By token; a claim over several ranks has a row in each. */
  readonly #claims = new Map<number, HeldClaim[]>();
  #messages = 0;

  /** A claim was made. `seqs` are all the messages that it holds, in ascending order. */
  granted(claim: { queueId: number; rank: number; token: number; seqs: readonly number[] }): void {
    const { queueId, rank, token, seqs } = claim;
    const held = { queueId, rank, token, hi: seqs.at(-1) ?? 0, version: 0, open: new Set(seqs) };
    const ranks = this.#claims.get(token);
    if (ranks) ranks.push(held);
    else this.#claims.set(token, [held]);
    this.#messages += seqs.length;
    for (const oldest of this.#claims.keys()) {
      if (this.#messages <= mostMessages) break;
      this.#forgetAll(oldest);
    }
  }

  /** The claim by which a message is held, as far as is known here. */
  of({ queueId, rank, seq, token }: Hold): HeldClaim | undefined {
    const held = this.#claims.get(token)?.find((one) => one.rank === rank && one.queueId === queueId);
    return held?.open.has(seq) ? held : undefined;
  }

  /** Those of the messages that are known to be held by claims, by claim; and the others. */
  sorted(holds: readonly Hold[]): { claims: ReadonlyMap<HeldClaim, readonly Hold[]>; others: readonly Hold[] } {
    const claims = new Map<HeldClaim, Hold[]>();
    const others: Hold[] = [];
    let last: { claim: HeldClaim; of: Hold[] } | undefined;
    for (const hold of holds) {
      if (last && isOf(hold, last.claim)) {
        last.of.push(hold);
        continue;
      }
      const claim = this.of(hold);
      if (!claim) {
        others.push(hold);
        continue;
      }
      const together = claims.get(claim) ?? [];
      claims.set(claim, together);
      together.push(hold);
      last = { claim, of: together };
    }
    return { claims, others };
  }

  /** Messages were deleted. Returns true when that was all that the claim held. */
  settled(claim: HeldClaim, holds: readonly Hold[]): boolean {
    for (const { seq } of holds) if (claim.open.delete(seq)) this.#messages--;
    if (claim.open.size > 0) return false;
    this.#forget(claim);
    return true;
  }

  /** Messages were broken out of a claim, by this node. One that others have changed as well is forgotten. */
  broken(changed: readonly BrokenClaim[], holds: readonly Hold[]): void {
    for (const { queue_id, rank, token, version } of changed) {
      const claim = this.#claims.get(token)?.find((one) => one.rank === rank && one.queueId === queue_id);
      if (!claim) continue;
      if (version !== claim.version + 1) this.#forget(claim);
      claim.version = version;
    }
    for (const hold of holds) {
      const claim = this.of(hold);
      if (claim) this.settled(claim, [hold]);
    }
  }

  /** Others have changed it. */
  forget(claims: Iterable<HeldClaim>): void {
    for (const claim of claims) this.#forget(claim);
  }

  /** The database may have gone back to an earlier moment. */
  clear(): void {
    this.#claims.clear();
    this.#messages = 0;
  }

  #forget(claim: HeldClaim): void {
    const ranks = this.#claims.get(claim.token);
    if (!ranks?.includes(claim)) return;
    this.#messages -= claim.open.size;
    if (ranks.length === 1) this.#claims.delete(claim.token);
    else ranks.splice(ranks.indexOf(claim), 1);
  }

  #forgetAll(token: number): void {
    for (const claim of this.#claims.get(token)?.slice() ?? []) this.#forget(claim);
  }
}

function isOf({ queueId, rank, seq, token }: Hold, claim: HeldClaim): boolean {
  return token === claim.token && rank === claim.rank && queueId === claim.queueId && claim.open.has(seq);
}

/** An acknowledgement of some of a claim's messages. One may be among them twice, from callers that don't know of each other. */
export function acknowledgementOf(claim: HeldClaim, holds: readonly Hold[]): ClaimedAcknowledgement {
  const { queueId, rank, hi, token, version } = claim;
  const seqs = new Set(holds.map(({ seq }) => seq));
  return { queueId, rank, hi, token, version, isLast: claim.open.size === seqs.size, seqs: [...seqs] };
}
