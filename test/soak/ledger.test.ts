import { describe, expect, test } from "vitest";
import { Lane } from "@/test/soak/lane";
import { Ledger } from "@/test/soak/ledger";

/** A soak that finds nothing means something only if these are found. */
describe("the ledger notices", () => {
  const one = { name: "one", until: null };
  const two = { name: "two", until: null };

  test.each<[string, (ledger: Ledger) => void, RegExp]>([
    ["a lost message", (ledger) => ledger.published(["q/a"], "known"), /confirmed, and is lost/],
    [
      "one of a rolled-back transaction",
      (ledger) => {
        ledger.published(["q/a"], "rolled back");
        ledger.delivered("q/a", one, false);
      },
      /rolled back/,
    ],
    [
      "one that comes after its end",
      (ledger) => {
        ledger.delivered("q/a", one, false);
        ledger.acknowledged("q/a", "one", "known");
        ledger.delivered("q/a", two, true);
      },
      /after it was acknowledged/,
    ],
    [
      "two ends",
      (ledger) => {
        ledger.acknowledged("q/a", "one", "known");
        ledger.found("q/a", "in q.dead");
      },
      /ended 2 times/,
    ],
    [
      "two holders",
      (ledger) => {
        ledger.delivered("q/a", one, false);
        ledger.delivered("q/a", two, true);
      },
      /while one held it,/,
    ],
    [
      "a holder that settles what has passed on",
      (ledger) => {
        ledger.delivered("q/a", { name: "slow", until: Date.now() - 1 }, false);
        ledger.delivered("q/a", two, true);
        ledger.acknowledged("q/a", "slow", "known");
      },
      /passed on to two/,
    ],
    [
      "a flag that is missing",
      (ledger) => {
        ledger.delivered("q/a", one, false);
        ledger.letGo("q/a", "one");
        ledger.delivered("q/a", two, false);
      },
      /not flagged as redelivered/,
    ],
  ])("%s", (_, happens, words) => {
    const ledger = new Ledger();
    happens(ledger);
    ledger.close();
    expect(ledger.violations).toEqual([expect.stringMatching(words)]);
  });

  test("nothing where all is well, or nobody can know", () => {
    const ledger = new Ledger();
    ledger.published(["q/a", "q/b"], "known");
    ledger.published(["q/c"], "unknown");
    ledger.delivered("q/a", one, false);
    ledger.letGo("q/a", "one");
    ledger.delivered("q/a", two, true);
    ledger.acknowledged("q/a", "two", "known");
    ledger.delivered("q/b", one, false);
    ledger.acknowledged("q/b", "one", "unknown");
    ledger.close();
    expect(ledger.violations).toEqual([]);
  });
});

describe("a lane notices", () => {
  test("what comes before an earlier number, at first and after it was requeued, and what never comes", () => {
    const lane = new Lane("lane");
    for (const number of [0, 1, 2, 3]) lane.confirmed(number, "here");
    lane.delivered(1, 1, "here");
    lane.acknowledged(1);
    lane.delivered(0, 1, "here");
    // 0 was requeued, and 2 comes first.
    lane.delivered(2, 1, "here");
    expect(lane.violations()).toEqual([
      expect.stringMatching(
        /^lane: 1 came before 0 \(1 confirmed at .* by here, delivered at .* by here in session 1; 0 /,
      ),
      expect.stringMatching(/^lane: 2 came before 0, which was requeued /),
    ]);
    expect(lane.missing()).toEqual([3]);
  });

  test("no harm in what an earlier session still holds, or was never confirmed", () => {
    const lane = new Lane("lane");
    for (const number of [0, 2, 3]) lane.confirmed(number, "here");
    lane.delivered(0, 1, "here");
    // 2 was on its way to the first session.
    lane.delivered(3, 2, "here");
    expect(lane.violations()).toEqual([]);
  });
});
