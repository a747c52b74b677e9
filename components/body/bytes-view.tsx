"use client";

import { useMemo } from "react";
import { Rows } from "@/components/body/rows";
import { usePhone } from "@/components/ui/media";
import { base64FromBytes } from "@/lib/format/base64";

/** Bytes in hexadecimal, 16 a row (8 on the phone), with their offset and the characters that can be shown. */
export function HexView({ bytes }: { bytes: Uint8Array }) {
  const width = usePhone() ? 8 : 16;
  return (
    <Rows
      count={Math.ceil(bytes.length / width)}
      boxProps={{ role: "region", "aria-label": "Body in hexadecimal" }}
      row={(index) => <HexRow bytes={bytes} start={index * width} width={width} />}
    />
  );
}

function HexRow({ bytes, start, width }: { bytes: Uint8Array; start: number; width: number }) {
  const row = bytes.subarray(start, start + width);
  const hex: string[] = [];
  let shown = "";
  for (const byte of row) {
    hex.push(byte.toString(16).padStart(2, "0"));
    shown += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
  }
  const half = width / 2;
  const digits = `${hex.slice(0, half).join(" ")}  ${hex.slice(half).join(" ")}`.padEnd(width * 3, " ");
  return (
    <div className="h-5 px-3 whitespace-pre">
      <span className="text-ink-3 select-none">{start.toString(16).padStart(8, "0")} </span>
      {digits}
      <span className="text-ink-2"> {shown}</span>
    </div>
  );
}

/** Bytes as base64, 76 characters a row. */
export function Base64View({ bytes }: { bytes: Uint8Array }) {
  const text = useMemo(() => base64FromBytes(bytes), [bytes]);
  return (
    <Rows
      count={Math.ceil(text.length / 76)}
      measured
      boxProps={{ role: "region", "aria-label": "Body in base64" }}
      row={(index) => <div className="body-line px-3">{text.slice(index * 76, index * 76 + 76)}</div>}
    />
  );
}

/** Bytes as hexadecimal digits with blanks between them, as they are copied. */
export function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
