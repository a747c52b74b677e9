import { createServer } from "node:net";
import { errorCode, PlatformFailure } from "@/lib/platform/failure";
import { pause } from "@/lib/platform/processes";

/** Tries to listen on a port for a moment. Returns "" when it works, else the error code ("EADDRINUSE", "EACCES", ...). */
function tryPort(port: number, host: string): Promise<{ code: string; port: number }> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve({ code: errorCode(error) || "EUNKNOWN", port }));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => resolve({ code: "", port: bound }));
    });
  });
}

/** Whether nothing listens on the port of 127.0.0.1. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await tryPort(port, "127.0.0.1")).code === "";
}

/** A port of 127.0.0.1 on which nothing listens right now. */
export async function freePort(): Promise<number> {
  return (await tryPort(0, "127.0.0.1")).port;
}

/**
 * Makes sure that a server can listen on a port. Waits for two seconds when it is taken, since a process of a start
 * that was killed may be on its way out.
 * @param setting the environment variable that changes the port, for the sentence
 * @throws PlatformFailure that names the port and the setting
 */
export async function requirePort(port: number, host: string, setting: string): Promise<void> {
  let result = await tryPort(port, host);
  for (let attempt = 0; attempt < 8 && result.code === "EADDRINUSE"; attempt += 1) {
    await pause(250);
    result = await tryPort(port, host);
  }
  if (result.code !== "") throw new PlatformFailure(portSentence(result.code, port, host, setting));
}

/** The sentence for a port that can't be listened on. */
export function portSentence(code: string, port: number, host: string, setting: string): string {
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} is in use by another program: stop that program, or choose another port with ${setting}=${port + 1}.`;
    case "EACCES":
      return `this user may not listen on port ${port}: choose a port above 1023 with ${setting}=3000.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `this machine has no address ${host} to listen on: set HOST to one that it has, such as HOST=127.0.0.1 or HOST=0.0.0.0.`;
    default:
      return `can't listen on ${host}:${port} (${code}): choose another port with ${setting}.`;
  }
}
