"use client";

import { Part } from "@/app/kit/part";
import { Mark } from "@/components/ui/mark";
import { RelativeTime } from "@/components/ui/relative-time";

const colours =
  "bg surface raised sunken hover line line-2 control ink-3 ink-2 ink accent accent-tint accent-line ok ok-tint warn warn-tint danger danger-tint info info-tint clay".split(
    " ",
  );

/** What everything is drawn with. */
export function KitLooks() {
  return (
    <>
      <Part title="Colour roles" wide>
        <div className="grid grid-cols-8 gap-2 phone:grid-cols-4">
          {colours.map((name) => (
            <div key={name}>
              <span
                className="block h-7 rounded-3 shadow-[inset_0_0_0_1px_var(--color-line-2)]"
                style={{ background: `var(--color-${name})` }}
              />
              <code className="text-11 text-ink-2">{name}</code>
            </div>
          ))}
        </div>
      </Part>
      <Part title="Mark">
        <div className="flex items-center gap-4">
          <Mark className="size-12 text-accent" />
          <Mark className="size-8" />
          <span className="rounded-5 bg-ink p-2 text-surface">
            <Mark className="size-6" />
          </span>
        </div>
      </Part>
      <Part title="Type: five sizes">
        <p className="text-22 font-medium">
          1,284 <span className="text-11 text-ink-3">22/28 figures</span>
        </p>
        <p className="text-16 font-semibold">
          Dead letters <span className="text-11 font-normal text-ink-3">16/24 page title</span>
        </p>
        <p>
          Requeue to its original position <span className="text-11 text-ink-3">13/20 text and tables</span>
        </p>
        <p className="text-12">
          Stops by itself above 5 % <span className="text-11 text-ink-3">12/16 secondary, buttons</span>
        </p>
        <p className="text-11">
          Unacked, D, TTL, <RelativeTime at={Date.now() - 60_000} /> <span className="text-ink-3">11/16 heads</span>
        </p>
        <p className="mono">
          order.placed.eu.de Il1 0O != =&gt; <span className="font-sans text-11 text-ink-3">mono 12, no ligatures</span>
        </p>
      </Part>
    </>
  );
}
