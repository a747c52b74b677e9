import { connect as connectTo, createServer, type Socket } from "node:net";

/** A way to a server on which answers can get lost. */
export interface MuteProxy {
  readonly port: number;
  /** From now on everything reaches the server, and nothing comes back. */
  mute(): void;
  /** Breaks all connections; new ones work. */
  cut(): void;
  close(): Promise<void>;
}

/** Starts a proxy to a port of this machine. */
export async function startMuteProxy(serverPort: number): Promise<MuteProxy> {
  const sockets = new Set<Socket>();
  let muted = false;
  const server = createServer((client) => {
    const upstream = connectTo(serverPort, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (data) => upstream.write(data));
    upstream.on("data", (data) => {
      if (!muted) client.write(data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const cut = () => {
    muted = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    mute: () => {
      muted = true;
    },
    cut,
    close: async () => {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
