import { expect, it } from "vitest";
import { openPulse } from "@/lib/auth/console-database";
import { answerInTime } from "@/lib/http/patience";
import { startApi } from "@/test/http/support";
import { startMuteProxy } from "@/test/support/mute-proxy";

/** A database behind a proxy whose answers can be held back, as when its processes were stopped. */
async function setup() {
  const api = await startApi();
  const url = new URL(api.databaseUrl);
  const proxy = await startMuteProxy(Number(url.port));
  // The socket of the server is left for the proxy's port.
  url.searchParams.delete("host");
  url.host = `127.0.0.1:${proxy.port}`;
  const pulse = openPulse(url.href, 10_000);
  return {
    ...{ api, proxy, pulse },
    close: async () => {
      await proxy.close();
      await pulse.close();
      await api.close();
    },
  };
}

it("tells 503 while the database stands still, at once when that is known, and all is well afterwards", async () => {
  const { proxy, pulse, close } = await setup();
  await pulse.ask();
  const waiting: ((response: Response) => void)[] = [];
  const router = answerInTime(() => new Promise((resolve) => waiting.push(resolve)), pulse.ask, {
    ...{ patienceMs: 50, answerMs: 300 },
  });
  const request = () => router(new Request("http://warren.test/api/overview"));
  proxy.mute();
  const answer = await request();
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(await answer.json()).toMatchObject({ error: "unavailable", code: "unavailable" });
  expect(waiting).toHaveLength(1);
  expect((await request()).status).toBe(503);
  expect(waiting).toHaveLength(1);

  proxy.cut();
  await expect
    .poll(() => {
      const asked = request();
      waiting.at(-1)?.(new Response("fine"));
      return asked.then(({ status }) => status);
    })
    .toBe(200);
  await close();
});

it("lets a request take its time while the database answers others", async () => {
  const { pulse, close } = await setup();
  let questions = 0;
  const ask = () => {
    questions++;
    return pulse.ask();
  };
  let end: (response: Response) => void = () => {};
  const ended = new Promise<Response>((resolve) => {
    end = resolve;
  });
  const router = answerInTime(() => ended, ask, { patienceMs: 20, answerMs: 30_000 });
  const answer = router(new Request("http://warren.test/api/messages"));
  await expect.poll(() => questions).toBeGreaterThan(3);
  end(new Response("found"));
  expect(await (await answer).text()).toBe("found");
  await close();
});
