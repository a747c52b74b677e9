import type { Socket } from "node:net";

/** Both ends of a connection. */
export interface Endpoints {
  readonly host: string;
  readonly port: number;
  /** Empty when the system doesn't tell it. */
  readonly peerHost: string;
  readonly peerPort: number;
  readonly tls: boolean;
}

/** To be kept from the beginning: a closed socket has forgotten them. */
export function endpointsOf(socket: Socket): Endpoints {
  return {
    host: plainAddress(socket.localAddress),
    port: socket.localPort ?? 0,
    peerHost: plainAddress(socket.remoteAddress),
    peerPort: socket.remotePort ?? 0,
    tls: "encrypted" in socket,
  };
}

/** IPv4 addresses of a socket for both families come as `::ffff:127.0.0.1`. */
function plainAddress(address: string | undefined): string {
  return address?.replace(/^::ffff:/, "") ?? "";
}
