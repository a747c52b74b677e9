import { expect, test } from "vitest";
import { BrokerError } from "@/lib/broker/errors";
import { LostClaims } from "@/lib/engine/lease/lost-claims";
import { QueueSignals } from "@/lib/engine/signals";

const away = new BrokerError("unavailable", "The database is away.");

/** A database that fails to give back so often; then it does. */
function claims(failures: readonly unknown[]) {
  const left = [...failures];
  const given: number[] = [];
  const signals = new QueueSignals();
  const lost = new LostClaims(
    async (scope) => {
      if (left.length > 0) throw left.shift();
      if (scope.kind === "lost") given.push(...scope.queueIds);
    },
    (queueIds) => signals.doubt(queueIds),
  );
  return { lost, given, signals };
}

test("nothing is claimed before what was lost is back, though it takes several connections", async () => {
  const { lost, given } = claims([away, away]);
  lost.add(1, 5);
  await lost.before(2);
  expect(given).toEqual([]);
  await lost.before(1);
  expect(given).toContain(1);
  await lost.close();
});

test("nor while the database can't be reached; what else is wrong with it holds nobody up", async () => {
  const { lost, given } = claims([away, away, away]);
  lost.add(1, 5);
  await expect(lost.before(1)).rejects.toBe(away);
  await lost.before(1);
  expect(given).toContain(1);
  await lost.close();
  const broken = claims([new BrokerError("internal", "It refused.")]);
  broken.lost.add(1, 5);
  await broken.lost.before(1);
  expect(broken.given).toEqual([]);
  await broken.lost.close();
});

test("until then its queue is not taken for empty", async () => {
  const { lost, signals } = claims([]);
  signals.noteEmpty(1, 0);
  lost.add(1, 5);
  expect(signals.isEmpty(1)).toBe(false);
  signals.noteEmpty(1, 1);
  expect(signals.isEmpty(1)).toBe(false);
  await lost.before(1);
  signals.noteEmpty(1, 2);
  expect(signals.isEmpty(1)).toBe(true);
  await lost.close();
});
