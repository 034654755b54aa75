/** The lab file's JSON Schema, for editors. Run as a program it writes schema/mail.lab.schema.json; a test keeps them equal. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { labFileShape } from "./lab-file.ts";

export const LAB_SCHEMA_FILE = fileURLToPath(
  new URL("../../../schema/mail.lab.schema.json", import.meta.url),
);

export function labJsonSchema(): string {
  const schema = z.toJSONSchema(labFileShape, { io: "input", unrepresentable: "any", reused: "inline" });
  return `${JSON.stringify({ ...schema, title: "Posthorn lab file" }, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(LAB_SCHEMA_FILE, labJsonSchema());
