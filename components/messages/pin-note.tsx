import { Pin } from "lucide-react";
import type { Pins } from "@/components/body/json-tree";
import { Chip } from "@/components/ui/chip";

/** Which fields of the body are columns, each with its way out. Absent when none is. */
export function PinNote({ pins }: { pins: Pins }) {
  if (pins.pinned.length === 0) return null;
  return (
    <p className="flex shrink-0 flex-wrap items-center gap-1.5 border-t border-line px-4 py-1.5 text-12 text-ink-3">
      <Pin className="icon-14" aria-hidden="true" />
      Pinned from the body:
      {pins.pinned.map((path) => (
        <Chip key={path} value={path} onRemove={() => pins.toggle(path)} />
      ))}
    </p>
  );
}
