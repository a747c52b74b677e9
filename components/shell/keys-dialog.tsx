"use client";

import { Dialog } from "@/components/ui/dialog";
import { useHotkeyList } from "@/components/ui/hotkeys";
import { Kbd } from "@/components/ui/kbd";

const always = [
  { keys: "Ctrl K", label: "Search or jump to", group: "Everywhere" },
  { keys: "Tab", label: "Next part of the page; a list is one part", group: "Everywhere" },
];
const order = ["Everywhere", "Go to", "On a page", "In a list"];

/** Every key that works on the page below it. */
export default function KeysDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const list = [...always, ...useHotkeyList()];
  const groups = [...new Set(list.map((hotkey) => hotkey.group))].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return (
    <Dialog open={open} onClose={onClose} title="All keys on this page" wide>
      <div className="columns-2 gap-8 phone:columns-1">
        {groups.map((group) => (
          <section key={group} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-11 text-ink-3">{group}</h3>
            <dl>
              {list
                .filter((hotkey) => hotkey.group === group)
                .map((hotkey) => (
                  <div key={hotkey.keys} className="flex min-h-7 items-center justify-between gap-4">
                    <dt>{hotkey.label}</dt>
                    <dd className="flex gap-1">
                      {hotkey.keys.split(" ").map((key) => (
                        <Kbd key={key}>{key === "Escape" ? "Esc" : key}</Kbd>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
