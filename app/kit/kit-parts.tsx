"use client";

import {
  Archive,
  Check,
  CircleAlert,
  Ellipsis,
  Eraser,
  Forward,
  Pause,
  Plus,
  Trash2,
  TrendingUp,
  Undo2,
  X,
} from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button, IconButton } from "@/components/ui/button";
import { Chart, ChartPair } from "@/components/ui/chart/chart";
import { series } from "@/components/ui/chart/series";
import { Checkbox } from "@/components/ui/checkbox";
import { Chip } from "@/components/ui/chip";
import { Combobox } from "@/components/ui/combobox";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { CopyButton } from "@/components/ui/copy-button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-state";
import { Field, Input, Textarea } from "@/components/ui/field";
import { JobCard } from "@/components/ui/job-card";
import { KeyFigure, KeyFigures } from "@/components/ui/key-figure";
import { Mark } from "@/components/ui/mark";
import { Menu, MenuItem, MenuRule } from "@/components/ui/menu";
import { Note } from "@/components/ui/note";
import { NumberField } from "@/components/ui/number-field";
import { SectionHead } from "@/components/ui/page-head";
import { RelativeTime } from "@/components/ui/relative-time";
import { Segments } from "@/components/ui/segments";
import { Select } from "@/components/ui/select";
import { StateGlyph, type StateName } from "@/components/ui/state-glyph";
import { Switch } from "@/components/ui/switch";
import { Tag } from "@/components/ui/tag";
import { Timeline } from "@/components/ui/timeline";
import { showDone } from "@/components/ui/toast";
import { ApiError } from "@/lib/api-client/client";
import { formatCount, formatRate } from "@/lib/format/numbers";

const colours =
  "bg surface raised sunken hover line line-2 control ink-3 ink-2 ink accent accent-tint accent-line ok ok-tint warn warn-tint danger danger-tint info info-tint clay".split(
    " ",
  );
const states: StateName[] = ["running", "idle", "flow", "down", "ready", "unacked", "delayed", "dead"];
const features = "D AD Excl TTL Exp Lim,Lim B,Ovfl DLX DLK Pri SAC AE Args".split(/[ ,](?!B)/);

function Part({ title, children, wide = false }: { title: string; children: ReactNode; wide?: boolean }) {
  return (
    <section className={`min-w-0 py-3 ${wide ? "col-span-2 narrow:col-span-1" : ""}`}>
      <h2 className="mb-2 text-11 font-medium text-ink-3">{title}</h2>
      {children}
    </section>
  );
}

const row = "mb-2 flex flex-wrap items-center gap-2";
const i14 = "icon-14";

export function KitParts() {
  const [confirming, setConfirming] = useState(false);
  const [range, setRange] = useState("ten");
  const [kind, setKind] = useState("string");
  const [exchange, setExchange] = useState<string | null>("orders");
  const [ttl, setTtl] = useState<number | null>(60_000);
  const [on, setOn] = useState(true);
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <Charts range={range} setRange={setRange} />
      <div className="grid max-w-[1280px] grid-cols-3 gap-x-8 px-6 pb-8 narrow:grid-cols-1">
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
            order.placed.eu.de Il1 0O != =&gt;{" "}
            <span className="font-sans text-11 text-ink-3">mono 12, no ligatures</span>
          </p>
        </Part>
        <Part title="Buttons">
          <div className={row}>
            <Button variant="primary" icon={<Plus className={i14} aria-hidden="true" />}>
              Add queue
            </Button>
            <Button icon={<Forward className={i14} aria-hidden="true" />}>Move…</Button>
            <Button variant="ghost">Share view</Button>
            <Button variant="danger" icon={<Eraser className={i14} aria-hidden="true" />}>
              Purge…
            </Button>
            <Menu
              trigger={
                <IconButton label="More">
                  <Ellipsis className="icon-16" aria-hidden="true" />
                </IconButton>
              }
            >
              <MenuItem icon={<Archive className={i14} aria-hidden="true" />} onSelect={() => {}} keys="e">
                Archive
              </MenuItem>
              <MenuItem onSelect={() => {}} disabledReason="Only administrators may">
                Move to another vhost…
              </MenuItem>
              <MenuRule />
              <MenuItem danger icon={<Trash2 className={i14} aria-hidden="true" />} onSelect={() => {}}>
                Delete…
              </MenuItem>
            </Menu>
          </div>
          <div className={row}>
            <Button variant="primary" busy>
              Publishing
            </Button>
            <Button busy>Loading</Button>
            <Button variant="danger-solid" onClick={() => setConfirming(true)}>
              Purge 1,284 messages
            </Button>
          </div>
          <div className={row}>
            <Button
              icon={<Trash2 className={i14} aria-hidden="true" />}
              disabledReason="You may look but not change. Ask an administrator for the tag management."
            >
              Delete…
            </Button>
            <CopyButton label="Copy the id" text="01JQ4ZC07C1E42" />
          </div>
        </Part>
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
        <Part title="Fields">
          <div className="grid grid-cols-2 gap-3">
            <Field label="Exchange">
              <Combobox
                mono
                value={exchange}
                onChange={setExchange}
                options={["orders", "orders.retry", "audit", "notify", "stock"].map((value) => ({
                  value,
                  label: value,
                  hint: "topic",
                }))}
              />
            </Field>
            <Field label="Routing key" hint="Words with dots between them">
              <Input mono defaultValue="order.placed.eu.de" />
            </Field>
            <Field label="Type">
              <Select
                value={kind}
                onChange={setKind}
                options={["string", "number", "boolean", "list"].map((value) => ({ value, label: value }))}
              />
            </Field>
            <Field label="x-message-ttl" mono error="A time to live can't be negative.">
              <NumberField value={ttl} onChange={setTtl} unit="ms" />
            </Field>
            <Field label="message_id" mono inline className="col-span-2">
              <Input mono placeholder="made for you" disabled />
            </Field>
            <Field label="Body" className="col-span-2">
              <Textarea defaultValue={'{ "order": 42 }'} />
            </Field>
          </div>
          <div className="mt-2 flex flex-wrap gap-x-4">
            <Checkbox defaultChecked hint="tell me if no queue takes it">
              mandatory:
            </Checkbox>
            <Checkbox>Idle</Checkbox>
            <Checkbox indeterminate>Some</Checkbox>
            <Checkbox disabled defaultChecked>
              Name
            </Checkbox>
            <Switch checked={on} onChange={setOn}>
              Live
            </Switch>
          </div>
        </Part>
        <Part title="Job card" wide>
          <div className="grid gap-2">
            <JobCard
              state="running"
              title="Retry #218"
              note={
                <>
                  for 22 s, back to <code>webhooks.partner</code>
                </>
              }
              steps={[
                { name: "1", note: "1 of 1", state: "done" },
                { name: "10", note: "10 of 10", state: "done" },
                { name: "100", note: "100 of 100, 1 failed again", state: "done" },
                { name: "all", note: "204 of 5,013, 2 failed again", state: "doing", share: 0.06 },
              ]}
              done={312}
              failed={3}
              left={4809}
              total={5124}
              words={{ done: "retried", failed: "failed again", left: "remaining" }}
              estimate="about 1 min 36 s left"
              guard="Stops by itself when more than 5 % of the last 100 fail again. Now 1 %."
              actions={
                <>
                  <Button icon={<Pause className={i14} aria-hidden="true" />}>Pause</Button>
                  <Button variant="danger" icon={<X className={i14} aria-hidden="true" />}>
                    Cancel
                  </Button>
                </>
              }
            />
            <JobCard
              state="stopped"
              title="Retry #217"
              steps={[
                { name: "1", note: "1 of 1", state: "done" },
                { name: "10", note: "4 of 10, 6 failed again", state: "stopped" },
                { name: "100", note: "not started", state: "todo" },
                { name: "all", note: "not started", state: "todo" },
              ]}
              done={5}
              failed={6}
              left={5113}
              total={5124}
              words={{ done: "retried", failed: "failed again", left: "remaining" }}
              actions={
                <>
                  <Button>See the 6</Button>
                  <Button variant="ghost">Dismiss</Button>
                </>
              }
            />
            <JobCard
              state="done"
              title="Move 640 messages"
              note={
                <>
                  to <code>orders.retry</code>, in 12 s
                </>
              }
              done={640}
              left={0}
              total={640}
              words={{ done: "moved", left: "left" }}
              actions={
                <>
                  <Button icon={<Undo2 className={i14} aria-hidden="true" />}>Undo</Button>
                  <Button variant="ghost">Dismiss</Button>
                </>
              }
            />
          </div>
        </Part>
        <Part title="Toast, notes, errors">
          <div className={row}>
            <Button
              onClick={() =>
                showDone({
                  message: (
                    <>
                      87 messages of <code>sms.test</code> are in the trash
                    </>
                  ),
                  icon: <Archive className={i14} aria-hidden="true" />,
                  undo: () => new Promise((done) => setTimeout(done, 800)),
                })
              }
            >
              Discard 87
            </Button>
            <Button
              onClick={() =>
                showDone({
                  message: "One that can't be undone",
                  undo: () => Promise.reject(new ApiError(409, "resource-locked", "The queue is gone.")),
                })
              }
            >
              Discard, undo fails
            </Button>
          </div>
          <div className="grid gap-2">
            <Note icon={<Undo2 aria-hidden="true" />}>
              Until tomorrow 14:02 you can restore them, in their order and with their ids.
            </Note>
            <Note tone="warn" icon={<CircleAlert aria-hidden="true" />}>
              These four ways consume messages.
            </Note>
            <ErrorNote
              title="The message was not published."
              error={
                new ApiError(404, "not-found", "Exchange order does not exist in shop; there is one named orders.")
              }
              lost="Nothing was stored."
            >
              <a className="link" href="/kit">
                Use orders
              </a>
            </ErrorNote>
          </div>
        </Part>
        <Part title="Path: a life">
          <Timeline
            label="A life"
            events={[
              {
                id: "1",
                kind: "happened",
                title: "Published",
                when: "12:49:58.114",
                detail: (
                  <>
                    by{" "}
                    <a className="link" href="/kit">
                      checkout
                    </a>
                  </>
                ),
              },
              {
                id: "2",
                kind: "happened",
                title: "Routed",
                when: "+2 ms",
                detail: (
                  <>
                    by <code>order.placed.#</code>
                  </>
                ),
                waited: true,
              },
              { id: "3", kind: "held", title: "Held", when: "0.8 s so far", detail: "by payment-2, unacknowledged" },
              { id: "4", kind: "rejected", title: "Rejected", when: "+4.2 s" },
              { id: "5", kind: "dead", title: "Dead-lettered", when: "+1 ms", waited: true },
              { id: "6", kind: "now", title: "Waits here", when: "1 h 11 min" },
            ]}
          />
        </Part>
        <Part title="Empty">
          <div className="grid gap-2">
            <EmptyState
              boxed
              title="No dead letters in shop"
              actions={
                <>
                  <Button>Add an error policy</Button>
                  <a className="link text-12" href="/kit">
                    Make one on purpose
                  </a>
                </>
              }
            >
              A message comes here when a consumer rejects it, when it expires, when its queue is full or when it was
              tried too often.
            </EmptyState>
            <EmptyState boxed title="Nothing matches">
              <code>headers.tenant:acmee</code> occurs nowhere. Did you mean{" "}
              <a className="link" href="/kit">
                acme
              </a>{" "}
              (1,204)?
            </EmptyState>
          </div>
        </Part>
      </div>
      <ConfirmDialog
        open={confirming}
        onClose={() => setConfirming(false)}
        title={
          <>
            Purge <code className="text-16">orders.payment</code>
          </>
        }
        typed="orders.payment"
        confirm="Purge 1,284 messages"
        onConfirm={() =>
          new Promise((_, fail) =>
            setTimeout(() => fail(new ApiError(404, "not-found", "The queue orders.payment is gone.")), 600),
          )
        }
      >
        <p>
          <b className="font-semibold">1,284 ready messages</b> leave the queue and go to the trash. The 5
          unacknowledged ones stay with their consumers.
        </p>
        <Note icon={<Undo2 aria-hidden="true" />}>
          Until tomorrow 14:02 you can restore them, in their order and with their ids. After that they are gone.
        </Note>
      </ConfirmDialog>
    </div>
  );
}

function Charts({ range, setRange }: { range: string; setRange: (range: string) => void }) {
  const { times, depth, flow } = useMemo(() => {
    const from = Math.floor(Date.now() / 1000) - 600;
    const at = Array.from({ length: 60 }, (_, place) => from + place * 10);
    const ready = at.map((_, place) => (place < 20 ? 20 : 20 + (place - 20) * 32 + 10 * Math.sin(place)));
    const out = at.map((_, place) => (place < 26 ? 3.2 : 1.3) + 0.2 * Math.sin(place * 2));
    return {
      times: at,
      depth: [
        series("ready", ready),
        series(
          "unacked",
          at.map(() => 5),
        ),
        series(
          "total",
          ready.map((value) => value + 5),
        ),
      ],
      flow: [
        series(
          "publish",
          at.map((_, place) => 3.5 + 0.4 * Math.sin(place * 1.3)),
        ),
        series("deliverManual", out),
        series(
          "ack",
          out.map((value, place) => value + 0.1 * Math.cos(place)),
        ),
        series(
          "redelivered",
          at.map((_, place) => (place % 17 === 5 ? 0.4 : 0)),
        ),
      ],
    };
  }, []);
  return (
    <>
      <KeyFigures
        groups={[
          [
            <KeyFigure key="r" label="Ready" value="1,284" note="+126 per min" tone="warn" />,
            <KeyFigure key="u" label="Unacked" value="5" note="of 5 by prefetch" />,
            <KeyFigure key="t" label="Total" value="1,289" />,
          ],
          [
            <KeyFigure key="i" label="incoming" value="3.4" unit="/s" />,
            <KeyFigure key="d" label="deliver / get" value="1.3" unit="/s" />,
          ],
        ]}
        end={
          <dl>
            <KeyFigure label="Oldest waits" value="10 min 04 s" />
          </dl>
        }
      />
      <ChartPair>
        <Chart name="kit.depth" title="Queued messages" times={times} series={depth} format={formatCount} />
        <Chart
          name="kit.flow"
          title="Message rates"
          times={times}
          series={flow}
          format={formatRate}
          actions={
            <Segments
              label="Range"
              value={range}
              onChange={setRange}
              options={[
                { value: "minute", label: "Minute" },
                { value: "ten", label: "Ten minutes" },
                { value: "hour", label: "Hour" },
                { value: "eight", label: "Eight hours" },
                { value: "day", label: "Day" },
              ]}
            />
          }
        />
      </ChartPair>
      <SectionHead title="Consumers" note="6" actions={<Button variant="ghost">All columns</Button>} />
    </>
  );
}
