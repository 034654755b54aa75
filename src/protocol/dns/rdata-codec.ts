/** What each record type knows: its wire form and its text form, both ways. One entry for each type, in rdata-*.ts. */
import type { TextFields } from "./text-fields.ts";
import type { WireReader, WireWriter } from "./wire.ts";

export type RdataCodec<D> = {
  /** Reads up to `end` and must stop there; throws Malformed. */
  decode(reader: WireReader, end: number): D;
  encode(writer: WireWriter, data: D): void;
  /** As in a zone file, names absolute. Undefined for data that has no form of its own, and goes by RFC 3597. */
  format(data: D): string | undefined;
  /** Throws TextError. */
  parse(fields: TextFields): D;
};
