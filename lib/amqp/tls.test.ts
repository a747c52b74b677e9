import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import amqp, { type GetMessage } from "amqplib";
import { afterEach, describe, expect, test } from "vitest";
import type { LoginFrom } from "@/lib/amqp/certificate-name";
import type { AmqpSettings } from "@/lib/amqp/door";
import type { PresenceBoard, PresenceChanges } from "@/lib/broker/presence";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";
import { RawClient } from "@/test/support/amqp/raw-client";
import { type Certified, makeCertificate } from "@/test/support/certificates";

const authority = { ...makeCertificate({ commonName: "authority" }), commonName: "authority" };
const stranger = { ...makeCertificate({ commonName: "authority" }), commonName: "authority" };
const own = makeCertificate({ commonName: "warren", dns: ["localhost"], isLoopback: true, issuer: authority });

let server: TestServer;
let port: number;
const raws: RawClient[] = [];

afterEach(async () => {
  for (const { socket } of raws.splice(0)) socket.destroy();
  await server.close();
});

interface Start {
  readonly settings?: Partial<AmqpSettings>;
  readonly presence?: PresenceBoard;
  readonly loginFrom?: LoginFrom;
  readonly asksForCertificates?: boolean;
}

async function start({ settings, presence, loginFrom, asksForCertificates = true }: Start = {}): Promise<void> {
  server = await startAmqpServer(settings, undefined, { presence, loginFrom });
  port = await server.server.listenTls(0, "127.0.0.1", { ...own, ...(asksForCertificates && { ca: authority.cert }) });
}

async function greeted(client?: Certified): Promise<{ raw: RawClient; mechanisms: string }> {
  const socket = connectTls({ port, host: "127.0.0.1", ca: authority.cert, ...client });
  const raw = new RawClient(0, socket);
  raws.push(raw);
  await once(socket, "secureConnect");
  raw.socket.write(Buffer.from("AMQP\0\0\x09\x01", "latin1"));
  const { mechanisms } = await raw.expect("connection.start");
  return { raw, mechanisms: mechanisms.toString() };
}

const external = amqp.credentials.external();
const options = (client?: Certified) => ({ ca: [authority.cert], ...client });

test("clients work over TLS as over TCP, and are shown to do so", async () => {
  const reports: PresenceChanges[] = [];
  await start({
    presence: {
      generation: 1,
      report: async (changes) => void reports.push(changes),
      onClose: () => {},
      listens: () => {},
    },
    asksForCertificates: false,
  });
  const connection = await amqp.connect(`amqps://guest:guest@localhost:${port}`, options());
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue("q");
  const body = Buffer.alloc(300_000, "x");
  channel.sendToQueue("q", body);
  await channel.waitForConfirms();
  expect(((await channel.get("q", { noAck: true })) as GetMessage).content.equals(body)).toBe(true);
  await expect.poll(() => reports.flatMap(({ connections }) => [...connections.now.values()])).not.toEqual([]);
  expect(reports.flatMap(({ connections }) => [...connections.now.values()])[0]).toMatchObject({ tls: true });
  await connection.close();
});

describe("EXTERNAL", () => {
  test("lets the common name of the certificate in", async () => {
    await start();
    const client = makeCertificate({ commonName: "alice", issuer: authority });
    const connection = await amqp.connect(`amqps://localhost:${port}`, { ...options(client), credentials: external });
    const channel = await connection.createChannel();
    await channel.assertQueue("q");
    // Whoever it is may sign as that one, and as nobody else.
    channel.sendToQueue("q", Buffer.alloc(0), { userId: "alice" });
    expect(await channel.get("q", { noAck: true })).toMatchObject({ properties: { userId: "alice" } });
    await connection.close();
  });

  test("lets the alternative name in where that is asked for", async () => {
    await start({ loginFrom: "subject_alternative_name" });
    const client = makeCertificate({ commonName: "nobody", dns: ["alice", "bob"], issuer: authority });
    const connection = await amqp.connect(`amqps://localhost:${port}`, { ...options(client), credentials: external });
    await connection.close();
  });

  test("is offered to nobody but those with a certificate of ours", async () => {
    await start();
    expect((await greeted()).mechanisms).toBe("PLAIN AMQPLAIN");
    const client = makeCertificate({ commonName: "alice", issuer: authority });
    expect((await greeted(client)).mechanisms).toBe("PLAIN AMQPLAIN EXTERNAL");
    const plain = new RawClient(server.port);
    raws.push(plain);
    plain.socket.write(Buffer.from("AMQP\0\0\x09\x01", "latin1"));
    expect((await plain.expect("connection.start")).mechanisms.toString()).toBe("PLAIN AMQPLAIN");
  });

  test("is refused to those who ask for it without one, and to unknown names", async () => {
    await start();
    const credentials = external;
    await expect(amqp.connect(`amqps://localhost:${port}`, { ...options(), credentials })).rejects.toThrow();
    const nobody = options(makeCertificate({ commonName: "nobody", issuer: authority }));
    await expect(amqp.connect(`amqps://localhost:${port}`, { ...nobody, credentials })).rejects.toThrow(/403/);
  });
});

test("a certificate that a stranger has signed ends the connection before its first frame", async () => {
  await start();
  const client = makeCertificate({ commonName: "guest", issuer: stranger });
  await expect(amqp.connect(`amqps://guest:guest@localhost:${port}`, options(client))).rejects.toThrow();
  expect(server.server.connections).toBe(0);
});

test("a renewed certificate is shown to who comes next, and disturbs nobody", async () => {
  await start();
  const before = await amqp.connect(`amqps://guest:guest@localhost:${port}`, options());
  const renewed = makeCertificate({ commonName: "renewed", dns: ["localhost"], isLoopback: true, issuer: authority });
  server.server.renewTls({ ...renewed, ca: authority.cert });
  const { raw } = await greeted();
  expect((raw.socket as TLSSocket).getPeerCertificate().subject.CN).toBe("renewed");
  await before.createChannel();
  await before.close();
});

test("who doesn't speak TLS is not waited for", async () => {
  await start({ settings: { handshakeTimeoutMs: 100 } });
  const silent = connectTcp(port, "127.0.0.1");
  const wrong = connectTcp(port, "127.0.0.1");
  wrong.write("AMQP\0\0\x09\x01", "latin1");
  for (const socket of [silent, wrong]) {
    socket.resume();
    socket.on("error", () => {});
  }
  await Promise.all([once(silent, "close"), once(wrong, "close")]);
});
