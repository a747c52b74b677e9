import process from "node:process";

/**
 * `npm run sample -- start|stop|remove|status`: switches the sample workload of a running Warren, over its HTTP API.
 * WARREN_URL (http://127.0.0.1:PORT), WARREN_USER and WARREN_PASSWORD (guest) say where and as whom.
 */
const usage = "Usage: npm run sample -- start | stop | remove | status";
const methods: Readonly<Record<string, { method: string; path: string }>> = {
  status: { method: "GET", path: "/api/sample" },
  start: { method: "POST", path: "/api/sample/start" },
  stop: { method: "POST", path: "/api/sample/stop" },
  remove: { method: "DELETE", path: "/api/sample" },
};

async function main(verb: string | undefined): Promise<number> {
  const call = verb === undefined ? undefined : methods[verb];
  if (call === undefined) {
    console.error(usage);
    return 2;
  }
  const base = process.env.WARREN_URL ?? `http://127.0.0.1:${process.env.PORT ?? "3000"}`;
  const credentials = `${process.env.WARREN_USER ?? "guest"}:${process.env.WARREN_PASSWORD ?? "guest"}`;
  let response: Response;
  try {
    response = await fetch(new URL(call.path, base), {
      method: call.method,
      headers: { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` },
    });
  } catch {
    console.error(`No Warren answers at ${base}. Start it with npm start, or say where it is with WARREN_URL.`);
    return 1;
  }
  const answer = (await response.json()) as { state?: string; vhost?: string; reason?: string };
  if (!response.ok) {
    console.error(answer.reason ?? `${base} answered ${response.status}.`);
    return 1;
  }
  console.log(`The sample workload is ${answer.state} (virtual host ${answer.vhost}).`);
  return 0;
}

process.exitCode = await main(process.argv[2]);
