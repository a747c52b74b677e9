"use client";

import { Download } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { BodyView } from "@/components/body/body-view";
import { hexText } from "@/components/body/bytes-view";
import { type Inspection, inspectBody } from "@/components/body/inspect";
import type { Pins, TreeHits } from "@/components/body/json-tree";
import { type View, viewOf, viewOptions } from "@/components/body/views";
import { Button, buttonClass } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { ErrorNote } from "@/components/ui/error-state";
import { useRemembered } from "@/components/ui/remembered";
import { Segments } from "@/components/ui/segments";
import { base64FromBytes } from "@/lib/format/base64";
import { formatBytes } from "@/lib/format/numbers";

/** Bodies above this are offered to be kept as a file only, in bytes. */
const showLimit = 64 * 1024 * 1024;

export interface Body {
  /** The whole body or its beginning. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of the whole body, in bytes. */
  readonly size: number;
  readonly truncated: boolean;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
}

const noHits: TreeHits = { words: [], fields: new Map() };

/**
 * A message's body with its ways to look at it: tree, text, hexadecimal, base64; unpacked where it is packed.
 * `load` brings the whole of a body that was cut; `downloadHref` gives its exact bytes.
 * Give it a `key` that changes with the message.
 */
export function BodyViewer({
  body,
  load,
  downloadHref,
  hits = noHits,
  pins,
}: {
  body: Body;
  load?: () => Promise<Uint8Array<ArrayBuffer>>;
  downloadHref?: string;
  hits?: TreeHits;
  pins?: Pins;
}) {
  const [whole, setWhole] = useState<Uint8Array<ArrayBuffer> | null>(null);
  const [loading, setLoading] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [chosen, setChosen] = useRemembered<View | null>("body.view", null);
  const [packed, setPacked] = useState(false);
  const bytes = whole ?? body.bytes;
  const truncated = body.truncated && whole === null;
  const inspection = useInspection(bytes, truncated, body);

  const loadAll = async () => {
    if (!load) return;
    setLoading(true);
    setFailure(null);
    try {
      setWhole(await load());
    } catch (error) {
      setFailure(error);
    } finally {
      setLoading(false);
    }
  };
  const wholeBytes = async () => (truncated && load ? await load() : bytes);

  const view = inspection && viewOf(inspection, chosen);
  const copied = async () => {
    if (inspection && !truncated && (view === "tree" || view === "raw" || view === "text"))
      return inspection.text ?? "";
    const all = await wholeBytes();
    if (view === "hex") return hexText(all);
    if (view === "base64") return base64FromBytes(all);
    const again = await inspectBody(all, { ...body, truncated: false });
    return again.text ?? base64FromBytes(all);
  };

  return (
    <section aria-label="Body">
      <div className="flex min-h-8 flex-wrap items-center gap-2">
        <h3 className="font-semibold">Body</h3>
        <span className="text-11 text-ink-3">{formatBytes(body.size)}</span>
        <span className="ml-auto flex items-center gap-1 phone:ml-0 phone:w-full">
          {inspection && bytes.length > 0 && (
            <Segments
              value={view ?? "hex"}
              onChange={setChosen}
              options={viewOptions(inspection)}
              label="Show body as"
            />
          )}
          {body.size > 0 && <CopyButton label="Copy body" text={copied} />}
          {downloadHref !== undefined && body.size > 0 && (
            <a
              href={downloadHref}
              download
              aria-label="Download body"
              title="Download body"
              className={buttonClass({ variant: "ghost", icon: true })}
            >
              <Download className="icon-14" aria-hidden="true" />
            </a>
          )}
        </span>
      </div>
      {inspection && <Remarks inspection={inspection} truncated={truncated} packed={packed} onPacked={setPacked} />}
      <div className="mt-1">
        {body.size === 0 ? (
          <p className="rounded-5 border border-dashed border-line-2 px-3 py-2 text-12 text-ink-2">
            The body is empty: 0 bytes. All that this message says stands in its headers and properties.
          </p>
        ) : inspection ? (
          <BodyView inspection={inspection} view={view ?? "hex"} packed={packed} hits={hits} {...(pins && { pins })} />
        ) : (
          <div className="body-box h-8" aria-busy="true" />
        )}
      </div>
      {truncated && (
        <Cut shown={bytes.length} size={body.size}>
          {load && body.size <= showLimit ? (
            <Button onClick={loadAll} busy={loading}>
              {loading ? "Loading" : `Load all ${formatBytes(body.size)}`}
            </Button>
          ) : null}
        </Cut>
      )}
      {failure !== null && (
        <div className="mt-1">
          <ErrorNote title="The whole body could not be loaded." error={failure} />
        </div>
      )}
    </section>
  );
}

function Cut({ shown, size, children }: { shown: number; size: number; children: ReactNode }) {
  return (
    <p className="mt-1 flex flex-wrap items-center gap-2 text-12 text-ink-2">
      <span>
        The first {formatBytes(shown)} of {formatBytes(size)}.
      </span>
      {children}
      {size > showLimit && <span>More than {formatBytes(showLimit)} is not shown here: download it.</span>}
    </p>
  );
}

/** What was tried to read it, in a sentence, where that is not plain to see. */
function Remarks({
  inspection,
  truncated,
  packed,
  onPacked,
}: {
  inspection: Inspection;
  truncated: boolean;
  packed: boolean;
  onPacked: (packed: boolean) => void;
}) {
  const failed = inspection.attempts.filter((attempt) => !attempt.worked);
  const signature = inspection.attempts.find((attempt) => attempt.what === "First bytes");
  return (
    <div className="text-12 text-ink-2">
      {inspection.packing && (
        <p>
          Unpacked from {inspection.packing}: {formatBytes(inspection.stored.length)} as stored
          {truncated && " so far"}, {formatBytes(inspection.bytes.length)} unpacked.{" "}
          <button type="button" className="link" onClick={() => onPacked(!packed)}>
            {packed ? "Show it unpacked" : "Show it as stored"}
          </button>
        </p>
      )}
      {inspection.text !== null && !inspection.exact && (
        <p>Some bytes are not UTF-8; they are drawn as � here, and Hex shows them as they are.</p>
      )}
      {inspection.text === null && inspection.stored.length > 0 && (
        <p>{signature ? `Not text: it begins as ${signature.result}.` : "This is not text, so its bytes are shown."}</p>
      )}
      {failed.length > 0 && (
        <p className="text-ink-3 [overflow-wrap:anywhere]">
          Tried: {failed.map((attempt) => `${attempt.what} (${attempt.result})`).join("; ")}.
        </p>
      )}
    </div>
  );
}

function useInspection(bytes: Uint8Array<ArrayBuffer>, truncated: boolean, body: Body): Inspection | null {
  const { contentType, contentEncoding } = body;
  const [inspection, setInspection] = useState<Inspection | null>(null);
  useEffect(() => {
    let current = true;
    inspectBody(bytes, { contentType, contentEncoding, truncated }).then((result) => {
      if (current) setInspection(result);
    });
    return () => {
      current = false;
    };
  }, [bytes, truncated, contentType, contentEncoding]);
  return inspection;
}
