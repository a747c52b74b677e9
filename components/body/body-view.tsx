"use client";

import { useState } from "react";
import { Base64View, HexView } from "@/components/body/bytes-view";
import type { Inspection } from "@/components/body/inspect";
import { allFolds, initialFolds } from "@/components/body/json-fold";
import type { JsonReading } from "@/components/body/json-nodes";
import { JsonTree, type Pins, type TreeHits } from "@/components/body/json-tree";
import { TextView } from "@/components/body/text-view";
import type { View } from "@/components/body/views";

/** A body in one of its views. `packed` shows the bytes as they are stored, before unpacking. */
export function BodyView({
  inspection,
  view,
  packed,
  hits,
  pins,
}: {
  inspection: Inspection;
  view: View;
  packed: boolean;
  hits: TreeHits;
  pins?: Pins;
}) {
  const bytes = packed ? inspection.stored : inspection.bytes;
  if (view === "base64") return <Base64View bytes={bytes} />;
  if (view === "hex" || packed) return <HexView bytes={bytes} />;
  if (view === "tree" && inspection.json) return <Tree reading={inspection.json} hits={hits} pins={pins} />;
  return <TextView text={inspection.text ?? ""} hits={[...hits.words, ...hits.fields.values()]} />;
}

function Tree({ reading, hits, pins }: { reading: JsonReading; hits: TreeHits; pins: Pins | undefined }) {
  const [shown, setShown] = useState(reading);
  const [folds, setFolds] = useState(() => initialFolds(reading.nodes));
  if (shown !== reading) {
    setShown(reading);
    setFolds(initialFolds(reading.nodes));
  }
  const long = reading.nodes.length > 40;
  return (
    <>
      <JsonTree reading={reading} folds={folds} onFolds={setFolds} hits={hits} pins={pins} />
      {long && (
        <p className="mt-1 flex gap-3 text-12">
          <button type="button" className="link" onClick={() => setFolds(new Set())}>
            Unfold all
          </button>
          <button type="button" className="link" onClick={() => setFolds(allFolds(reading.nodes))}>
            Fold all
          </button>
        </p>
      )}
    </>
  );
}
