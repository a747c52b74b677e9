import { createServer as createNetServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from "node:tls";
import { hasBadCertificate } from "@/lib/amqp/certificate-name";

/** What the door shows of itself over TLS, and by whom clients' certificates are checked. */
export interface TlsIdentity {
  readonly key: Buffer;
  readonly cert: Buffer;
  /** Absent: clients aren't asked for a certificate. */
  readonly ca?: Buffer | undefined;
}

export interface ListenersOptions {
  readonly onSocket: (socket: Socket) => void;
  readonly onError: (error: Error) => void;
  /** How long the exchange of TLS's keys may take, in ms. */
  readonly handshakeTimeoutMs: number;
}

/** The ports that the door listens on, plain and over TLS. */
export class Listeners {
  readonly #options: ListenersOptions;
  readonly #servers: Server[] = [];
  readonly #tlsServers: TlsServer[] = [];
  /** What lies below the sockets that speak TLS, and those that don't speak it yet. */
  readonly #below = new Set<Socket>();

  constructor(options: ListenersOptions) {
    this.#options = options;
  }

  /**
   * Begins to accept connections. Rejects with the system's error, such as EADDRINUSE.
   * @param port 0 for any free one
   * @returns the port
   */
  listen(port: number, host: string): Promise<number> {
    return this.#open(createNetServer({ noDelay: true }, this.#options.onSocket), port, host);
  }

  /** As `listen`, over TLS. A client need not show a certificate, but may show no wrong one. */
  listenTls(port: number, host: string, identity: TlsIdentity): Promise<number> {
    const server = createTlsServer({
      ...identity,
      noDelay: true,
      handshakeTimeout: this.#options.handshakeTimeoutMs,
      requestCert: identity.ca !== undefined,
      // Decided below: without a certificate there is still PLAIN.
      rejectUnauthorized: false,
    });
    server.on("connection", (socket: Socket) => {
      this.#below.add(socket);
      socket.once("close", () => this.#below.delete(socket));
    });
    server.on("tlsClientError", (_, socket) => socket.destroy());
    server.on("secureConnection", (socket: TLSSocket) => {
      if (hasBadCertificate(socket)) socket.destroy();
      else this.#options.onSocket(socket);
    });
    this.#tlsServers.push(server);
    return this.#open(server, port, host);
  }

  /** New connections are shown this from now on. Throws for a key that doesn't belong to the certificate. */
  renewTls(identity: TlsIdentity): void {
    for (const server of this.#tlsServers) server.setSecureContext(identity);
  }

  /** Accepts no more; resolves when all connections have ended, which is the caller's part. */
  async close(): Promise<void> {
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    await Promise.all(closed);
  }

  /** Ends what never became a connection. */
  dropUnfinished(): void {
    for (const socket of this.#below) socket.destroy();
  }

  #open(server: Server, port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, () => {
        server.off("error", reject);
        server.on("error", this.#options.onError);
        this.#servers.push(server);
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : port);
      });
    });
  }
}
