"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Play, Square, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, ButtonLink } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { ErrorNote } from "@/components/ui/error-state";
import { SectionHead } from "@/components/ui/page-head";
import { StateGlyph } from "@/components/ui/state-glyph";
import { TextLink } from "@/components/ui/text-link";
import { removeSample, type SampleStatus, sampleQuery, startSample, stopSample } from "@/lib/api-client/sample";

/** Switches for the sample workload, with what is going on. */
export function useSampleSwitch() {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async (action: () => Promise<SampleStatus>) => {
    setBusy(true);
    setError(undefined);
    try {
      client.setQueryData(sampleQuery.queryKey, await action());
      await client.invalidateQueries();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, start: () => run(startSample), stop: () => run(stopSample), remove: () => run(removeSample) };
}

/** The sample workload: whether it runs, and its switches. */
export function SampleSection() {
  const { data: sample } = useQuery(sampleQuery);
  const { busy, error, start, stop, remove } = useSampleSwitch();
  const [asking, setAsking] = useState(false);
  const state = sample?.state;
  return (
    <section>
      <SectionHead title="Sample workload" />
      <div className="flex flex-col gap-3 px-4 pb-4">
        <p className="text-12 text-ink-2">
          GitHub webhooks go through a topic exchange to ten queues. Workers take them; some payloads break a worker’s
          assumptions, so there are dead letters with real causes. It has the virtual host{" "}
          <TextLink href="/queues?vhost=github-sample">
            <code>github-sample</code>
          </TextLink>{" "}
          to itself.
        </p>
        <div className="flex flex-wrap items-center gap-2">
          {state === "running" && <StateGlyph state="running" className="mr-2" />}
          {state === "stopped" && <StateGlyph state="idle" label="stopped" className="mr-2" />}
          {state === "removing" && <StateGlyph state="progress" label="removing" className="mr-2" />}
          {state === "running" ? (
            <Button icon={<Square className="icon-14" aria-hidden="true" />} busy={busy} onClick={() => void stop()}>
              Stop the sample
            </Button>
          ) : (
            <Button
              icon={<Play className="icon-14" aria-hidden="true" />}
              busy={busy}
              disabledReason={state === "removing" ? "It is being removed" : undefined}
              onClick={() => void start()}
            >
              Start the sample
            </Button>
          )}
          {state === "running" && <ButtonLink href="/connect#try">Follow a message</ButtonLink>}
          {(state === "running" || state === "stopped") && (
            <Button
              variant="danger"
              icon={<Trash2 className="icon-14" aria-hidden="true" />}
              onClick={() => setAsking(true)}
            >
              Remove the sample…
            </Button>
          )}
        </div>
        {error !== undefined && <ErrorNote title="The sample was not switched." error={error} />}
      </div>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Remove the sample"
        confirm="Remove the sample"
        keep="Keep it"
        onConfirm={remove}
      >
        <p>
          The virtual host <code>github-sample</code> goes, with its exchanges, queues and messages, and the user that
          its programs log in as. Nothing else is touched, and it can be started again at any time.
        </p>
      </ConfirmDialog>
    </section>
  );
}
