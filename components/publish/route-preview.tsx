"use client";

import clsx from "clsx";
import { Info, TriangleAlert } from "lucide-react";
import { useMemo } from "react";
import { BindingWords } from "@/components/publish/binding-words";
import { type Hit, type Miss, routeTree, type Way } from "@/components/publish/route-tree";
import { exchangeHref, queueHref } from "@/components/queues/links";
import { Link } from "@/components/ui/link";
import { Note } from "@/components/ui/note";
import { NameText, VisibleText } from "@/components/ui/visible-text";
import { defaultExchangeLabel } from "@/lib/api-client/exchanges";
import type { RoutePreview } from "@/lib/api-client/publish";
import { formatCount, formatNoun } from "@/lib/format/numbers";

/** So many bindings that don't match are listed; there may be thousands. */
const missesShown = 40;

/**
 * Where a message would go, before it is sent: matches as drawn paths, then what does not match and why.
 * `ready` says how many messages wait in a queue.
 */
export function RouteView({
  vhost,
  preview,
  routingKey,
  ready,
}: {
  vhost: string;
  preview: RoutePreview;
  routingKey: string;
  ready: ReadonlyMap<string, number>;
}) {
  const tree = useMemo(() => routeTree(preview), [preview]);
  const { root, misses, matching, bindings } = tree;
  const count = preview.queues.length;
  const toDefault = root?.step.exchange === "";
  return (
    <>
      <div className="mb-3 flex flex-wrap items-baseline gap-x-3" role="status">
        <h2 className="text-16">{count === 0 ? "Goes nowhere" : `Goes to ${formatNoun(count, "queue")}`}</h2>
        <span className="text-12 text-ink-3">
          Nothing is sent yet.{" "}
          {!toDefault && (
            <>
              {formatCount(matching)} of {formatNoun(bindings, "binding")} {matching === 1 ? "matches" : "match"}.
            </>
          )}
        </span>
      </div>
      {root && (
        <>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <ExchangePill vhost={vhost} name={root.step.exchange} type={root.step.exchange_type} />
            <code className="text-ink-2 [overflow-wrap:anywhere]">
              {routingKey === "" ? (
                <span className="font-sans">with an empty key</span>
              ) : (
                <VisibleText text={routingKey} />
              )}
            </code>
          </div>
          <Hits way={root} vhost={vhost} ready={ready} />
          {count === 0 && (
            <div className="mt-3">
              <Nowhere vhost={vhost} way={root} routingKey={routingKey} bindings={bindings} />
            </div>
          )}
        </>
      )}
      {misses.length > 0 && <Misses vhost={vhost} misses={misses} preview={preview} />}
      {preview.alternate_exchange !== null && matching > 0 && (
        <p className="mt-3 flex gap-1.5 text-12 text-ink-3">
          <Info className="icon-14 mt-px" aria-hidden="true" />
          <span>
            Were none to match, the alternate exchange{" "}
            <code>
              <VisibleText text={preview.alternate_exchange} />
            </code>{" "}
            would take it.
          </span>
        </p>
      )}
    </>
  );
}

function ExchangePill({
  vhost,
  name,
  type,
  quiet = false,
}: {
  vhost: string;
  name: string;
  type: string;
  quiet?: boolean;
}) {
  return (
    <Link
      href={exchangeHref(vhost, name)}
      className={clsx(
        "inline-flex min-w-0 items-center gap-2 rounded-full border border-line-2 bg-raised text-11 whitespace-nowrap text-ink-3 hover:border-control",
        quiet ? "h-5 px-2" : "h-6 px-2.5",
      )}
    >
      <b className={clsx("mono clip-text font-medium", quiet ? "text-ink-3" : "text-ink")}>
        {name === "" ? <span className="font-sans">{defaultExchangeLabel}</span> : <VisibleText text={name} />}
      </b>
      {type}
    </Link>
  );
}

function Hits({ way, vhost, ready }: { way: Way; vhost: string; ready: ReadonlyMap<string, number> }) {
  const type = way.step.exchange === "" ? "direct" : way.step.exchange_type;
  if (way.hits.length === 0 && !way.alternate) return null;
  return (
    <ul className={clsx("route", way.alternate && "route-alternate")}>
      {way.hits.map((hit, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bindings have no id of their own, and keep their order.
        <HitRow key={index} hit={hit} type={type} vhost={vhost} ready={ready} />
      ))}
      {way.alternate && (
        <li>
          <div className="route-cell text-12 text-ink-2">nothing matched: alternate exchange</div>
          <div className="route-cell route-to">
            <ExchangePill vhost={vhost} name={way.alternate.step.exchange} type={way.alternate.step.exchange_type} />
          </div>
          <Hits way={way.alternate} vhost={vhost} ready={ready} />
        </li>
      )}
    </ul>
  );
}

function HitRow({
  hit,
  type,
  vhost,
  ready,
}: {
  hit: Hit;
  type: string;
  vhost: string;
  ready: ReadonlyMap<string, number>;
}) {
  const { destination, destination_type } = hit.verdict.binding;
  const waiting = ready.get(destination);
  return (
    <li>
      <div className="route-cell">
        <BindingWords verdict={hit.verdict} type={type} />
      </div>
      <div className="route-cell route-to">
        {destination_type === "exchange" ? (
          <>
            <ExchangePill vhost={vhost} name={destination} type={hit.next?.step.exchange_type ?? "exchange"} />
            {hit.again && <span className="text-11 text-ink-3">as above</span>}
          </>
        ) : (
          <>
            <Link
              href={queueHref(vhost, destination)}
              title={destination}
              className="mono clip-text font-medium hover:text-accent hover:underline"
            >
              <VisibleText text={destination} />
            </Link>
            <span className="clip-text shrink-[99] text-11 text-ink-3">
              {hit.again ? "same queue, one copy" : waiting !== undefined && `${formatCount(waiting)} ready`}
            </span>
          </>
        )}
      </div>
      {hit.next && <Hits way={hit.next} vhost={vhost} ready={ready} />}
    </li>
  );
}

function Misses({ vhost, misses, preview }: { vhost: string; misses: readonly Miss[]; preview: RoutePreview }) {
  const types = new Map(preview.steps.map((step) => [step.exchange, step.exchange_type]));
  const first = preview.steps[0];
  return (
    <>
      <div className="mt-4 mb-1 flex items-baseline gap-2 border-t border-line pt-3">
        <h3 className="font-semibold">Not these</h3>
        <span className="text-12 text-ink-3">{formatNoun(misses.length, "binding")}</span>
      </div>
      <ul>
        {misses.slice(0, missesShown).map(({ verdict, exchange }, index) => {
          const { destination, destination_type } = verdict.binding;
          const type = types.get(exchange ?? first?.exchange ?? "") ?? "direct";
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: bindings have no id of their own, and keep their order.
            <li key={index} className="route-miss">
              <div className="min-w-0 [overflow-wrap:anywhere]">
                <BindingWords verdict={verdict} type={type} />
              </div>
              <div className="route-to flex min-w-0 items-center gap-2">
                {destination_type === "exchange" ? (
                  <ExchangePill vhost={vhost} name={destination} type="exchange" quiet />
                ) : (
                  <code className="clip-text" title={destination}>
                    <VisibleText text={destination} />
                  </code>
                )}
              </div>
              <p className="col-span-2 text-12">
                {exchange !== null && (
                  <>
                    at{" "}
                    <code>
                      <NameText text={exchange} />
                    </code>
                    :{" "}
                  </>
                )}
                {verdict.why !== null && <VisibleText text={verdict.why} />}
              </p>
            </li>
          );
        })}
      </ul>
      {misses.length > missesShown && (
        <p className="pl-5 text-12 text-ink-3">and {formatCount(misses.length - missesShown)} more that don't match</p>
      )}
    </>
  );
}

/** Why nothing takes it, and what to do about it. */
function Nowhere({
  vhost,
  way,
  routingKey,
  bindings,
}: {
  vhost: string;
  way: Way;
  routingKey: string;
  bindings: number;
}) {
  const { exchange } = way.step;
  return (
    <Note tone="warn" icon={<TriangleAlert aria-hidden="true" />}>
      {exchange === "" ? (
        routingKey === "" ? (
          <>The default exchange takes the routing key for the name of a queue. Write the queue's name there.</>
        ) : (
          <>
            There is no queue named{" "}
            <code>
              <VisibleText text={routingKey} />
            </code>{" "}
            in{" "}
            <code>
              <NameText text={vhost} />
            </code>
            , and the default exchange takes the routing key for the name of a queue.
          </>
        )
      ) : bindings === 0 ? (
        <>
          Nothing is bound to{" "}
          <code>
            <NameText text={exchange} />
          </code>
          , so a message sent now is dropped.{" "}
          <Link className="link" href={exchangeHref(vhost, exchange)}>
            Bind a queue to it
          </Link>
        </>
      ) : (
        <>
          No binding matches, so a message sent now is dropped. Change the routing key or headers, or{" "}
          <Link className="link" href={exchangeHref(vhost, exchange)}>
            add a binding
          </Link>
          .
        </>
      )}
    </Note>
  );
}
