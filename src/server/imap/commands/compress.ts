/** COMPRESS (RFC 4978): what follows our OK is squeezed, both ways. */
import type { Handler } from "../execute.ts";
import { bad, no, ok } from "../completion.ts";

export const compress: Handler<"compress"> = ({ driver }, { mechanism }) => {
  if (mechanism !== "DEFLATE") return bad(`${mechanism} is no method we know`);
  if (driver.compressed) return no("DEFLATE is active already", "COMPRESSIONACTIVE");
  return { ...ok("DEFLATE active"), next: "compress" };
};
