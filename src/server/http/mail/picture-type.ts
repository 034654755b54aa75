/** What picture some bytes are, by how they begin: only kinds that can hold no script. The sender's word counts for nothing. */

export type PictureType = "image/png" | "image/jpeg" | "image/gif" | "image/webp";

export function pictureType(bytes: Uint8Array): PictureType | undefined {
  if (begins(bytes, 0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "image/png";
  if (begins(bytes, 0, 0xff, 0xd8, 0xff)) return "image/jpeg";
  if (
    begins(bytes, 0, 0x47, 0x49, 0x46, 0x38) &&
    (bytes[4] === 0x37 || bytes[4] === 0x39) &&
    bytes[5] === 0x61
  )
    return "image/gif";
  if (begins(bytes, 0, 0x52, 0x49, 0x46, 0x46) && begins(bytes, 8, 0x57, 0x45, 0x42, 0x50))
    return "image/webp";
  return undefined;
}

function begins(bytes: Uint8Array, at: number, ...wanted: readonly number[]): boolean {
  return wanted.every((byte, index) => bytes[at + index] === byte);
}
