import type { Inspection } from "@/components/body/inspect";

/** Ways to look at a body. `raw` and `text` show the same; it is called Raw where there is a tree beside it. */
export type View = "tree" | "raw" | "text" | "hex" | "base64";

const labels: Record<View, string> = { tree: "Tree", raw: "Raw", text: "Text", hex: "Hex", base64: "Base64" };

/** The ways that make sense for this body, the best first. */
function viewsFor(inspection: Inspection): readonly View[] {
  if (inspection.json) return ["tree", "raw", "hex", "base64"];
  if (inspection.text !== null) return ["text", "hex", "base64"];
  return ["hex", "base64"];
}

/** The reader's last choice where this body has it, else the best for this body. */
export function viewOf(inspection: Inspection, chosen: View | null): View {
  const views = viewsFor(inspection);
  const same = chosen === "raw" ? "text" : chosen === "text" ? "raw" : null;
  return views.find((view) => view === chosen) ?? views.find((view) => view === same) ?? views[0] ?? "hex";
}

/** For Segments. */
export function viewOptions(inspection: Inspection): { value: View; label: string }[] {
  return viewsFor(inspection).map((value) => ({ value, label: labels[value] }));
}
