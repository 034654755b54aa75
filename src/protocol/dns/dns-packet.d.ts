/** The little of dns-packet, our oracle in tests, that the tests use: the package brings no types. */
declare module "dns-packet" {
  export function encode(packet: object): Uint8Array;
  export function decode(bytes: Uint8Array): { answers?: object[] };
  export const answer: { encode(record: object): Uint8Array };
}
