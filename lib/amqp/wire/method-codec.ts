import { AmqpError } from "@/lib/amqp/wire/errors";
import {
  type Argument,
  type Arguments,
  type Method,
  type MethodDefinition,
  type MethodName,
  methods,
} from "@/lib/amqp/wire/methods";
import { ByteReader } from "@/lib/broker/properties/byte-reader";
import type { ByteWriter } from "@/lib/broker/properties/byte-writer";
import { MalformedPropertiesError } from "@/lib/broker/properties/errors";
import { emptyTable, type FieldTable } from "@/lib/broker/properties/field-value";

type Value = boolean | number | bigint | string | Buffer | FieldTable;

interface Row {
  readonly name: MethodName;
  readonly arguments: readonly Argument[];
}

const byId = new Map<number, Row>(
  Object.entries<MethodDefinition>(methods).map(([name, { id, arguments: args }]) => [
    (id[0] << 16) | id[1],
    { name: name as MethodName, arguments: args },
  ]),
);

const noBytes = Buffer.alloc(0);

/**
 * Decodes the payload of a method frame, which lies in `buffer` from `start` to `end`. Long strings are views of it.
 * Throws AmqpError: 501 for arguments that can't be decoded or don't fill the payload exactly, 540 for a method that
 * isn't in the table.
 */
export function decodeMethod(buffer: Buffer, start: number, end: number): Method {
  if (end - start < 4) throw new AmqpError("FRAME_ERROR", "a method frame too short to name its method");
  const classId = buffer.readUInt16BE(start);
  const methodId = buffer.readUInt16BE(start + 2);
  const row = byId.get((classId << 16) | methodId);
  if (row === undefined) {
    throw new AmqpError("NOT_IMPLEMENTED", `there is no method ${methodId} of class ${classId}`, { classId, methodId });
  }
  try {
    const input = new ByteReader(buffer, start + 4, end);
    const args = readArguments(input, row.arguments);
    if (input.remaining > 0) throw new MalformedPropertiesError(`${input.remaining} bytes too many`);
    return { name: row.name, args } as unknown as Method;
  } catch (error) {
    if (!(error instanceof MalformedPropertiesError)) throw error;
    throw new AmqpError("FRAME_ERROR", `cannot decode ${row.name}: ${error.message}`, { classId, methodId });
  }
}

/**
 * Writes a method's payload: its ids, then its arguments. Throws InvalidPropertyError for an argument that the wire
 * can't carry, such as a short string of more than 255 bytes.
 */
export function encodeMethod<N extends MethodName>(out: ByteWriter, name: N, args: Arguments<N>): void {
  const definition: MethodDefinition = methods[name];
  out.short(definition.id[0]);
  out.short(definition.id[1]);
  const values = args as Readonly<Record<string, Value>>;
  let bits = 0;
  let bitCount = 0;
  for (const [argument, type] of definition.arguments) {
    const value = argument === null ? undefined : values[argument];
    if (type === "bit") {
      if (value === true) bits |= 1 << bitCount;
      bitCount++;
      continue;
    }
    if (bitCount > 0) {
      out.octet(bits);
      bits = bitCount = 0;
    }
    switch (type) {
      case "octet":
        out.octet((value as number) ?? 0);
        break;
      case "short":
        out.short((value as number) ?? 0);
        break;
      case "long":
        out.long((value as number) ?? 0);
        break;
      case "longlong":
        out.longlong((value as number | bigint) ?? 0, argument ?? "");
        break;
      case "shortstr":
        out.shortString((value as string) ?? "", argument ?? "");
        break;
      case "longstr":
        out.longString((value as Buffer) ?? noBytes, argument ?? "");
        break;
      case "table":
        out.table((value as FieldTable) ?? emptyTable, argument ?? "");
        break;
    }
  }
  if (bitCount > 0) out.octet(bits);
}

/** Bits next to each other share octets, the first in the lowest place (section 4.2.5.2). No method has more than 8. */
function readArguments(input: ByteReader, args: readonly Argument[]): Record<string, Value> {
  const values: Record<string, Value> = {};
  let bits = 0;
  let bitsLeft = 0;
  for (const [argument, type] of args) {
    let value: Value;
    if (type === "bit") {
      if (bitsLeft === 0) {
        bits = input.octet();
        bitsLeft = 8;
      }
      value = (bits & 1) === 1;
      bits >>= 1;
      bitsLeft--;
    } else {
      bitsLeft = 0;
      value = readValue(input, type);
    }
    if (argument !== null) values[argument] = value;
  }
  return values;
}

function readValue(input: ByteReader, type: Exclude<Argument[1], "bit">): Value {
  switch (type) {
    case "octet":
      return input.octet();
    case "short":
      return input.short();
    case "long":
      return input.long();
    case "longlong":
      return input.longlong();
    case "shortstr":
      return input.shortString();
    case "longstr":
      return input.longBytes();
    case "table":
      return input.table();
  }
}
