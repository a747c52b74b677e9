import { ByteReader } from "@/lib/broker/properties/byte-reader";
import { ByteWriter } from "@/lib/broker/properties/byte-writer";
import { emptyTable, type FieldTable } from "@/lib/broker/properties/field-value";

/** Arguments as they are stored: AMQP's field table in its wire form, or no bytes at all when there are none. */
export function encodeArguments(table: FieldTable): Buffer {
  if (table.size === 0) return Buffer.alloc(0);
  const writer = new ByteWriter(256);
  writer.table(table, "arguments");
  return writer.copy();
}

/** Undoes `encodeArguments`. */
export function decodeArguments(bytes: Buffer): FieldTable {
  return bytes.length === 0 ? emptyTable : new ByteReader(bytes).table();
}
