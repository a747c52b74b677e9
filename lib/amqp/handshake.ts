import type { Admitted } from "@/lib/amqp/admission";
import { toAmqpError } from "@/lib/amqp/broker-errors";
import type { AmqpUser, Door } from "@/lib/amqp/door";
import { mechanisms, readCredentials } from "@/lib/amqp/login";
import { clientCapabilities, serverProperties } from "@/lib/amqp/server-properties";
import { checkTuning } from "@/lib/amqp/tuning";
import { idOf } from "@/lib/amqp/wire/content-assembler";
import { AmqpError } from "@/lib/amqp/wire/errors";
import type { Arguments, Method, MethodName } from "@/lib/amqp/wire/methods";
import type { Actor } from "@/lib/broker/actor";
import { isBrokerError } from "@/lib/broker/errors";
import type { FieldTable } from "@/lib/broker/properties/field-value";

/** What was agreed in connection.tune-ok; 0 for no limit, the heartbeat in seconds. */
export interface Tuning {
  readonly channelMax: number;
  readonly frameMax: number;
  readonly heartbeat: number;
}

/** Who is connected, and how: what is known once the connection is open. */
export interface Session {
  readonly actor: Actor;
  readonly vhost: string;
  readonly capabilities: ReadonlySet<string>;
  readonly tuned: Tuning;
  readonly admitted: Admitted;
  /** What the client said of itself; `connectedAt` is in ms since 1970. */
  readonly client: { readonly properties: FieldTable; readonly mechanism: string; readonly connectedAt: number };
}

/** What the handshake asks of its connection. */
export interface HandshakeSide {
  /** Empty when the system doesn't tell it. */
  readonly peerHost: string;
  /** Whom the client's certificate names; null without one. */
  readonly certifiedName: string | null;
  send<N extends MethodName>(name: N, args: Arguments<N>): void;
  fail(error: unknown): void;
  /** Ends the socket without a word. */
  hangUp(): void;
  /** From now on frames are as large as agreed, and heartbeats are due. */
  tuned(tuning: Tuning): void;
  opened(session: Session): void;
  /** A step that took its time is over: what came meanwhile may be taken. */
  stepDone(): void;
}

/** From the protocol header to connection.open (AMQP 0-9-1, section 2.2.4): every step in its turn, once. */
export class Handshake {
  readonly #door: Door;
  readonly #side: HandshakeSide;
  #awaits: "header" | "start-ok" | "tune-ok" | "open" | "broker" | "nothing" = "header";
  #capabilities: ReadonlySet<string> = new Set();
  #client: Session["client"] | undefined;
  #actor: Actor | undefined;
  #tuned: Tuning | undefined;

  constructor(door: Door, side: HandshakeSide) {
    this.#door = door;
    this.#side = side;
  }

  /** False until the client has shown that it speaks the protocol at all. */
  get hasBegun(): boolean {
    return this.#awaits !== "header";
  }

  /** A step is under way: frames have to wait for it. */
  get isBusy(): boolean {
    return this.#awaits === "broker";
  }

  /** The protocol header has come. */
  begin(): void {
    this.#awaits = "start-ok";
    this.#side.send("connection.start", {
      versionMajor: 0,
      versionMinor: 9,
      serverProperties,
      mechanisms: Buffer.from(this.#mechanisms.join(" ")),
      locales: Buffer.from("en_US"),
    });
  }

  /** Takes the next method on channel 0. Throws AmqpError 504 for one out of turn. */
  method(method: Method): void {
    if (method.name === "connection.start-ok" && this.#awaits === "start-ok") void this.#step(this.#logIn(method.args));
    else if (method.name === "connection.tune-ok" && this.#awaits === "tune-ok") this.#tune(method.args);
    else if (method.name === "connection.open" && this.#awaits === "open") {
      void this.#step(this.#open(method.args.virtualHost));
    } else {
      const text = `unexpected method while ${this.#awaits} is awaited`;
      throw new AmqpError("CHANNEL_ERROR", text, idOf(method.name));
    }
  }

  async #step(step: Promise<void>): Promise<void> {
    await step;
    if (this.#awaits === "broker") this.#awaits = "nothing";
    this.#side.stepDone();
  }

  /** rabbitmq.com/docs/access-control#mechanisms: EXTERNAL is of no use to a client without a certificate. */
  get #mechanisms(): readonly string[] {
    const isCertified = this.#side.certifiedName !== null && this.#door.identify !== undefined;
    return isCertified ? [...mechanisms, "EXTERNAL"] : mechanisms;
  }

  #user(mechanism: string, response: Buffer, address: string | null): Promise<AmqpUser> {
    const { certifiedName } = this.#side;
    const { authenticate, identify } = this.#door;
    if (mechanism === "EXTERNAL" && certifiedName !== null && identify) return identify(certifiedName, address);
    const { user, password } = readCredentials(mechanism, response);
    return authenticate(user, password, address);
  }

  async #logIn({ mechanism, response, clientProperties }: Arguments<"connection.start-ok">): Promise<void> {
    this.#awaits = "broker";
    this.#capabilities = clientCapabilities(clientProperties);
    this.#client = { properties: clientProperties, mechanism, connectedAt: Date.now() };
    const address = this.#side.peerHost || null;
    let user: AmqpUser;
    try {
      user = await this.#user(mechanism, response, address);
    } catch (error) {
      this.#refuse(error, mechanism);
      return;
    }
    this.#actor = { user: user.name, tags: user.tags, address, door: "amqp" };
    this.#awaits = "tune-ok";
    const { frameMax, channelMax, heartbeat } = this.#door.settings;
    this.#side.send("connection.tune", { channelMax, frameMax, heartbeat });
  }

  /** Clients that don't know `authentication_failure_close` expect the socket to be closed (rabbitmq.com/auth-notification). */
  #refuse(error: unknown, mechanism: string): void {
    const isRefused =
      (isBrokerError(error) && error.code === "unauthenticated") ||
      (error instanceof AmqpError && error.replyName === "ACCESS_REFUSED");
    if (!isRefused) this.#side.fail(error);
    else if (this.#capabilities.has("authentication_failure_close")) {
      const text = `Login was refused using authentication mechanism ${mechanism}. For details see the broker logfile.`;
      this.#side.fail(new AmqpError("ACCESS_REFUSED", text, undefined, true));
    } else {
      this.#side.hangUp();
    }
  }

  #tune(asked: Arguments<"connection.tune-ok">): void {
    checkTuning(asked, this.#door.settings);
    const { frameMax, channelMax, heartbeat } = asked;
    this.#tuned = { frameMax, channelMax, heartbeat };
    this.#awaits = "open";
    this.#side.tuned(this.#tuned);
  }

  async #open(vhost: string): Promise<void> {
    this.#awaits = "broker";
    const [actor, client, tuned] = [this.#actor as Actor, this.#client as Session["client"], this.#tuned as Tuning];
    try {
      await this.#door.broker.getVhost(actor, vhost);
      await this.#door.admission.enter(actor, vhost, (admitted) =>
        this.#side.opened({ actor, vhost, capabilities: this.#capabilities, tuned, client, admitted }),
      );
    } catch (error) {
      this.#side.fail(vhostError(error, vhost, actor.user));
    }
  }
}

/** As RabbitMQ words it: 530 for a vhost that there isn't, or that the user may not enter. */
function vhostError(error: unknown, vhost: string, user: string): unknown {
  const about = idOf("connection.open");
  if (!isBrokerError(error)) return error;
  if (error.code === "not-found") return new AmqpError("NOT_ALLOWED", `vhost ${vhost} not found`, about);
  if (error.code === "access-refused") {
    return new AmqpError("NOT_ALLOWED", `access to vhost '${vhost}' refused for user '${user}'`, about);
  }
  return toAmqpError(error, about);
}
