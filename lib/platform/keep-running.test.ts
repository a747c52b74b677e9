import { expect, test } from "vitest";
import { keepRunning, type Running } from "@/lib/platform/keep-running";

/** A thing to keep running, whose end the test decides. */
function fakeProcess(): Running & { crash(): void } {
  let end: (how: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  return { ended, crash: () => end("signal SIGKILL"), stop: async () => end("code 0") };
}

test("starts again what crashed, and not what was stopped", async () => {
  const started: ReturnType<typeof fakeProcess>[] = [];
  const lines: string[] = [];
  const start = async () => {
    const running = fakeProcess();
    started.push(running);
    return running;
  };
  const kept = await keepRunning({ name: "web", start, say: (line) => lines.push(line), firstPause: 1 });
  started[0]?.crash();
  await expect.poll(() => started).toHaveLength(2);
  expect(lines).toEqual(["web ended unexpectedly (signal SIGKILL); starting it again in 0.001 s."]);
  await kept.stop();
  expect(started).toHaveLength(2);
});

test("the pauses grow while starts fail", async () => {
  const lines: string[] = [];
  let calls = 0;
  const first = fakeProcess();
  const start = async () => {
    calls += 1;
    if (calls === 1) return first;
    throw new Error("no");
  };
  const kept = await keepRunning({ name: "web", start, say: (line) => lines.push(line), firstPause: 1 });
  first.crash();
  await expect.poll(() => calls).toBeGreaterThan(4);
  await kept.stop();
  expect(lines.slice(1, 4)).toEqual([
    "web doesn't start (no); trying again in 0.002 s.",
    "web doesn't start (no); trying again in 0.004 s.",
    "web doesn't start (no); trying again in 0.008 s.",
  ]);
});

test("a first start that fails is the caller's", async () => {
  const start = () => Promise.reject(new Error("port in use"));
  await expect(keepRunning({ name: "web", start, say: () => {} })).rejects.toThrow("port in use");
});

test("a planned restart is quick and quiet", async () => {
  const lines: string[] = [];
  const started: Running[] = [];
  const start = async () => {
    const running = fakeProcess();
    started.push(running);
    return running;
  };
  const kept = await keepRunning({ name: "web", start, say: (line) => lines.push(line), firstPause: 60_000 });
  await kept.restart();
  await expect.poll(() => started).toHaveLength(2);
  expect(lines).toEqual([]);
  await kept.stop();
});
