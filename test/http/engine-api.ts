import { composeBroker } from "@/lib/compose";
import { startApi, type TestApi } from "@/test/http/support";

/** The HTTP API on the real engine, with its background duties, on a database of its own. */
export function startEngineApi(): Promise<TestApi> {
  return startApi(async (databaseUrl) => {
    const node = { name: "test", kind: "broker" as const, version: "0" };
    return composeBroker({ databaseUrl, node, onError: (message, error) => console.error(message, error) });
  });
}
