import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NaturalBatch } from "@/lib/engine/natural-batch";

const gathering = { ms: 8, enough: 4 };

describe("a natural batch", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function batches(gathered: typeof gathering | null = null) {
    const ran: { readonly items: readonly number[]; end(): void }[] = [];
    const batch = new NaturalBatch<number, number>(
      100,
      (items) => new Promise((resolve) => ran.push({ items, end: () => resolve(items.length) })),
      gathered,
    );
    return { batch, ran, items: () => ran.map((one) => one.items) };
  }

  it("takes together what comes while another is under way", async () => {
    const { batch, ran, items } = batches();
    void batch.add([1]);
    await vi.advanceTimersByTimeAsync(0);
    const second = batch.add([2]);
    const third = batch.add([3, 4]);
    expect(items()).toEqual([[1]]);
    ran[0]?.end();
    await vi.advanceTimersByTimeAsync(0);
    expect(items()).toEqual([[1], [2, 3, 4]]);
    ran[1]?.end();
    expect(await Promise.all([second, third])).toEqual([3, 3]);
  });

  it("that gathers goes at once after a pause, and then not before its time", async () => {
    const { batch, ran, items } = batches(gathering);
    void batch.add([1]);
    await vi.advanceTimersByTimeAsync(0);
    expect(items()).toEqual([[1]]);
    ran[0]?.end();
    void batch.add([2]);
    await vi.advanceTimersByTimeAsync(gathering.ms - 2);
    void batch.add([3]);
    expect(items()).toEqual([[1]]);
    await vi.advanceTimersByTimeAsync(2);
    expect(items()).toEqual([[1], [2, 3]]);
  });

  it("that gathers goes when there is enough for one", async () => {
    const { batch, ran, items } = batches(gathering);
    void batch.add([1]);
    await vi.advanceTimersByTimeAsync(0);
    ran[0]?.end();
    void batch.add([2]);
    await vi.advanceTimersByTimeAsync(1);
    void batch.add([3, 4, 5]);
    await vi.advanceTimersByTimeAsync(0);
    expect(items()).toEqual([[1], [2, 3, 4, 5]]);
  });
});
