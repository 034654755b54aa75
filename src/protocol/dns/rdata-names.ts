/** The types whose data are names: NS, CNAME, PTR, MX, SOA (RFC 1035 §3.3; compressed) and SRV (RFC 2782; never). */
import { absoluteName } from "./name.ts";
import type { RdataCodec } from "./rdata-codec.ts";
import type { DataOf, TargetData } from "./record.ts";

function targetCodec<T extends "NS" | "CNAME" | "PTR">(type: T): RdataCodec<TargetData<T>> {
  return {
    decode: (reader) => ({ type, target: reader.name() }),
    encode: (writer, { target }) => writer.name(target, true),
    format: ({ target }) => absoluteName(target),
    parse: (fields) => ({ type, target: fields.name("a domain name") }),
  };
}

export const nsCodec = targetCodec("NS");
export const cnameCodec = targetCodec("CNAME");
export const ptrCodec = targetCodec("PTR");

export const mxCodec: RdataCodec<DataOf<"MX">> = {
  decode: (reader) => ({ type: "MX", preference: reader.uint16(), exchange: reader.name() }),
  encode(writer, { preference, exchange }) {
    writer.uint16(preference);
    writer.name(exchange, true);
  },
  format: ({ preference, exchange }) => `${preference} ${absoluteName(exchange)}`,
  parse: (fields) => ({
    type: "MX",
    preference: fields.integer(0xffff, "a preference"),
    exchange: fields.name("the mail exchanger's name"),
  }),
};

export const soaCodec: RdataCodec<DataOf<"SOA">> = {
  decode: (reader) => ({
    type: "SOA",
    primary: reader.name(),
    mailbox: reader.name(),
    serial: reader.uint32(),
    refreshSeconds: reader.uint32(),
    retrySeconds: reader.uint32(),
    expireSeconds: reader.uint32(),
    minimumSeconds: reader.uint32(),
  }),
  encode(writer, data) {
    writer.name(data.primary, true);
    writer.name(data.mailbox, true);
    writer.uint32(data.serial);
    writer.uint32(data.refreshSeconds);
    writer.uint32(data.retrySeconds);
    writer.uint32(data.expireSeconds);
    writer.uint32(data.minimumSeconds);
  },
  format: (data) =>
    `${absoluteName(data.primary)} ${absoluteName(data.mailbox)} ${data.serial} ${data.refreshSeconds} ${data.retrySeconds} ${data.expireSeconds} ${data.minimumSeconds}`,
  parse: (fields) => ({
    type: "SOA",
    primary: fields.name("the primary server's name"),
    mailbox: fields.name("the mailbox in charge, as a name"),
    serial: fields.integer(0xffff_ffff, "a serial number"),
    refreshSeconds: fields.seconds("the refresh time"),
    retrySeconds: fields.seconds("the retry time"),
    expireSeconds: fields.seconds("the expiry time"),
    minimumSeconds: fields.seconds("the time for negative answers"),
  }),
};

export const srvCodec: RdataCodec<DataOf<"SRV">> = {
  decode: (reader) => ({
    type: "SRV",
    priority: reader.uint16(),
    weight: reader.uint16(),
    port: reader.uint16(),
    // Lenient: RFC 3597 §4 lets a receiver follow pointers here, which old servers write.
    target: reader.name(),
  }),
  encode(writer, { priority, weight, port, target }) {
    writer.uint16(priority);
    writer.uint16(weight);
    writer.uint16(port);
    writer.name(target, false);
  },
  format: ({ priority, weight, port, target }) => `${priority} ${weight} ${port} ${absoluteName(target)}`,
  parse: (fields) => ({
    type: "SRV",
    priority: fields.integer(0xffff, "a priority"),
    weight: fields.integer(0xffff, "a weight"),
    port: fields.integer(0xffff, "a port"),
    target: fields.name("the host's name"),
  }),
};
