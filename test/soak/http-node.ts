import { createServer, type IncomingMessage } from "node:http";
import process from "node:process";
import { pathToFileURL } from "node:url";

type Handler = (request: Request) => Promise<Response>;

// The console's own handlers of the API, in a plain server: a soak needs no build of the console.
const route = pathToFileURL("app/api/[...path]/route.ts").href;
const handlers = (await import(route)) as Readonly<Record<string, Handler>>;

const server = createServer(async (incoming, outgoing) => {
  const handle = handlers[incoming.method ?? ""];
  if (!handle) {
    outgoing.writeHead(405).end();
    return;
  }
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  const response = await handle(await requestOf(incoming, gone.signal));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
});

async function requestOf(incoming: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  const headers = new Headers({ "x-warren-remote-address": incoming.socket.remoteAddress ?? "" });
  for (const name of ["authorization", "content-type"]) {
    const value = incoming.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  return new Request(`http://127.0.0.1${incoming.url ?? "/"}`, {
    method: incoming.method ?? "GET",
    headers,
    signal,
    ...(body.length > 0 && { body }),
  });
}

server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("the web node listens"));
