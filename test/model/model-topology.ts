import { BrokerError, notFound } from "@/lib/broker/errors";
import { emptyTable } from "@/lib/broker/properties/field-value";
import type { BindingRequest, ExchangeDeclaration, QueueDeclaration, QueueDeclared } from "@/lib/broker/requests";
import { checkHeadersArguments } from "@/lib/broker/rules/headers-match";
import {
  checkName,
  checkNotReserved,
  checkRoutingKey,
  generateQueueName,
  predeclaredExchanges,
} from "@/lib/broker/rules/names";
import { propertiesKeyOf } from "@/lib/broker/rules/properties-key";
import { checkQueueTraits, queueLimits } from "@/lib/broker/rules/queue-arguments";
import { checkExchangeEquivalence, checkQueueEquivalence } from "@/lib/broker/rules/redeclare";
import type { PreviewBinding } from "@/lib/broker/rules/route-preview";
import { type RoutingExchange, type RoutingQueue, RoutingTable } from "@/lib/broker/rules/router";
import type { Binding, Destination } from "@/lib/broker/topology";
import { type ModelQueue, type ModelVhost, noTotals, readyIn } from "@/test/model/model-state";

/** Vhosts with what is declared in them. */
export class ModelTopology {
  readonly vhosts = new Map<string, ModelVhost>();
  readonly #now: () => number;
  #ids = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.putVhost({ name: "/" });
  }

  vhost(name: string): ModelVhost {
    const found = this.vhosts.get(name);
    if (!found) throw notFound("vhost", name);
    return found;
  }

  queue(vhost: string, name: string): ModelQueue {
    const found = this.vhost(vhost).queues.get(name);
    if (!found) throw notFound("queue", name, vhost);
    return found;
  }

  queueById(id: number): ModelQueue | undefined {
    return [...this.vhosts.values()].flatMap(({ queues }) => [...queues.values()]).find((queue) => queue.id === id);
  }

  /** All bindings, those of the default exchange included. */
  bindings(vhost: string): Binding[] {
    const { queues, bindings } = this.vhost(vhost);
    const implicit = [...queues.keys()].map(
      (name): Binding => ({
        vhost,
        source: "",
        destination: { kind: "queue", name },
        routingKey: name,
        arguments: emptyTable,
        propertiesKey: propertiesKeyOf(name, emptyTable),
      }),
    );
    return [...implicit, ...bindings];
  }

  /** Made anew each time: simple, and slow. */
  routing(name: string): RoutingTable<RoutingExchange, RoutingQueue, PreviewBinding> {
    const { exchanges, queues, bindings } = this.vhost(name);
    const isTo = (binding: Binding, kind: Destination["kind"]) => binding.destination.kind === kind;
    return new RoutingTable({
      vhost: name,
      exchanges: [...exchanges.values()],
      queues: [...queues.values()].map(({ id, queue }) => ({ id, name: queue.name })),
      bindings: bindings.map((binding) => ({
        binding,
        sourceId: exchanges.get(binding.source)?.id ?? -1,
        queueId: isTo(binding, "queue") ? (queues.get(binding.destination.name)?.id ?? null) : null,
        exchangeId: isTo(binding, "exchange") ? (exchanges.get(binding.destination.name)?.id ?? null) : null,
        routingKey: binding.routingKey,
        arguments: binding.arguments,
      })),
    });
  }

  putVhost(given: { name: string; description?: string; tags?: readonly string[] }): { created: boolean } {
    checkName("vhost", given.name);
    const known = this.vhosts.get(given.name);
    const { name, description = known?.vhost.description ?? "", tags = known?.vhost.tags ?? [] } = given;
    if (known) {
      known.vhost = { ...known.vhost, description, tags };
      return { created: false };
    }
    const createdAt = new Date(this.#now());
    const exchanges = predeclaredExchanges.map((exchange) => ({
      ...exchange,
      vhost: name,
      id: ++this.#ids,
      durable: true,
      autoDelete: false,
      arguments: emptyTable,
      createdAt,
    }));
    this.vhosts.set(name, {
      vhost: { name, description, tags, createdAt },
      exchanges: new Map(exchanges.map((exchange) => [exchange.name, exchange])),
      queues: new Map(),
      bindings: [],
    });
    return { created: true };
  }

  declareExchange(declaration: ExchangeDeclaration): { created: boolean } {
    const { exchanges } = this.vhost(declaration.vhost);
    const known = exchanges.get(declaration.name);
    if (known) {
      checkExchangeEquivalence(declaration, known, declaration);
      return { created: false };
    }
    checkName("exchange", declaration.name);
    checkNotReserved("exchange", declaration.name);
    exchanges.set(declaration.name, { ...declaration, id: ++this.#ids, createdAt: new Date(this.#now()) });
    return { created: true };
  }

  deleteExchange(vhost: string, name: string, ifUnused: boolean): void {
    const { exchanges, bindings } = this.vhost(vhost);
    if (!exchanges.has(name)) throw notFound("exchange", name, vhost);
    if (name === "") throw new BrokerError("access-refused", "operation not permitted on the default exchange");
    checkNotReserved("exchange", name);
    if (ifUnused && bindings.some(({ source }) => source === name)) {
      throw new BrokerError("precondition-failed", `exchange '${name}' in vhost '${vhost}' in use`);
    }
    exchanges.delete(name);
    this.#unbindAll(vhost, { kind: "exchange", name });
  }

  declareQueue(declaration: QueueDeclaration): QueueDeclared {
    const { vhost, autoDelete, durable, exclusive } = declaration;
    const name = declaration.name === "" ? generateQueueName() : declaration.name;
    const { queues } = this.vhost(vhost);
    const known = queues.get(name);
    const limits = queueLimits(declaration.arguments, { vhost, name });
    if (known) {
      checkQueueEquivalence(declaration, known.queue, declaration);
      return { name, created: false, ready: readyIn(known).length, consumers: 0 };
    }
    checkName("queue", name);
    if (declaration.name !== "") checkNotReserved("queue", name);
    checkQueueTraits(limits, declaration, { vhost, name });
    queues.set(name, {
      id: ++this.#ids,
      queue: {
        vhost,
        name,
        type: limits.type,
        durable,
        autoDelete,
        exclusive,
        arguments: declaration.arguments,
        createdAt: new Date(this.#now()),
      },
      limits,
      entries: [],
      totals: { ...noTotals },
    });
    return { name, created: true, ready: 0, consumers: 0 };
  }

  deleteQueue(vhost: string, name: string, options: { ifEmpty: boolean }): { messages: number } {
    const queue = this.queue(vhost, name);
    const messages = readyIn(queue).length;
    if (options.ifEmpty && queue.entries.length > 0) {
      throw new BrokerError("precondition-failed", `queue '${name}' in vhost '${vhost}' not empty`);
    }
    this.vhost(vhost).queues.delete(name);
    this.#unbindAll(vhost, { kind: "queue", name });
    return { messages };
  }

  bind(request: BindingRequest): Binding {
    const { exchanges, bindings } = this.vhost(request.vhost);
    const source = exchanges.get(request.source);
    if (!source) throw notFound("exchange", request.source, request.vhost);
    this.#mustExist(request.vhost, request.destination);
    if (request.source === "" || (request.destination.kind === "exchange" && request.destination.name === "")) {
      throw new BrokerError("access-refused", "operation not permitted on the default exchange");
    }
    checkRoutingKey(request.routingKey);
    if (source.type === "headers") checkHeadersArguments(request.arguments);
    const binding = { ...request, propertiesKey: propertiesKeyOf(request.routingKey, request.arguments) };
    if (!bindings.some((other) => sameBinding(other, binding))) bindings.push(binding);
    return binding;
  }

  unbind(binding: { vhost: string; source: string; destination: Destination; propertiesKey: string }): void {
    const { bindings } = this.vhost(binding.vhost);
    const at = bindings.findIndex((other) => sameBinding(other, binding));
    if (at < 0) throw notFound("binding", binding.propertiesKey, binding.vhost);
    bindings.splice(at, 1);
  }

  #mustExist(vhost: string, { kind, name }: Destination): void {
    const { exchanges, queues } = this.vhost(vhost);
    if (!(kind === "queue" ? queues.has(name) : exchanges.has(name))) throw notFound(kind, name, vhost);
  }

  #unbindAll(vhost: string, gone: Destination): void {
    const { bindings } = this.vhost(vhost);
    const left = bindings.filter(
      ({ source, destination }) =>
        !(gone.kind === "exchange" && source === gone.name) &&
        !(destination.kind === gone.kind && destination.name === gone.name),
    );
    bindings.splice(0, bindings.length, ...left);
  }
}

function sameBinding(
  a: Omit<Binding, "routingKey" | "arguments">,
  b: Omit<Binding, "routingKey" | "arguments">,
): boolean {
  return (
    a.source === b.source &&
    a.destination.kind === b.destination.kind &&
    a.destination.name === b.destination.name &&
    a.propertiesKey === b.propertiesKey
  );
}
