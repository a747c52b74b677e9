"use client";

import { Check, TrendingUp } from "lucide-react";
import { i14, Part, row } from "@/app/kit/part";
import { Badge } from "@/components/ui/badge";
import { Chip } from "@/components/ui/chip";
import { StateGlyph, type StateName } from "@/components/ui/state-glyph";
import { Tag } from "@/components/ui/tag";

const states: StateName[] = ["running", "idle", "flow", "down", "ready", "unacked", "delayed", "dead"];
const features = "D AD Excl TTL Exp Lim,Lim B,Ovfl DLX DLK Pri SAC AE Args".split(/[ ,](?!B)/);

/** States, features and tags. */
export function KitStates() {
  return (
    <Part title="States: a shape, then the word">
      <div className="mb-4 grid grid-cols-4 gap-2">
        {states.map((state) => (
          <StateGlyph key={state} state={state} />
        ))}
      </div>
      <h2 className="mb-2 text-11 font-medium text-ink-3">Features</h2>
      <div className="mb-3 flex flex-wrap gap-1">
        {features.map((feature) => (
          <Badge key={feature} title={`x-${feature.toLowerCase()}`}>
            {feature}
          </Badge>
        ))}
      </div>
      <h2 className="mb-2 text-11 font-medium text-ink-3">Tags, chips</h2>
      <div className={row}>
        <Tag>quorum</Tag>
        <Tag tone="warn" icon={<TrendingUp className={i14} aria-hidden="true" />}>
          growing 10 min
        </Tag>
        <Tag tone="danger">failed again</Tag>
        <Tag tone="ok" icon={<Check className={i14} aria-hidden="true" />}>
          done
        </Tag>
        <Tag tone="info">held 2.1 s</Tag>
        <Tag tone="accent">retrying</Tag>
        <Chip name="headers.tenant" value="acme" onRemove={() => {}} />
        <Chip value="eu" />
      </div>
    </Part>
  );
}
