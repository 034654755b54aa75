/** GNU SASL: SCRAM-SHA-256 with channel binding (RFC 9266) and without, over IMAP and SMTP. */
import { type Check, runWell } from "../harness.ts";
import { HOST, PASSWORD, userOf } from "./post.ts";

function login(
  protocol: "imap" | "smtp",
  port: number,
  mechanism: string,
  more: readonly string[] = [],
): Check {
  return {
    name: `gsasl logs in by ${mechanism} over ${protocol}`,
    async run() {
      const words = [`--${protocol}`, "--connect", `${HOST}:${port}`, "--x509-ca-file="];
      words.push("--authentication-id", userOf("python"), "--password", PASSWORD, "--mechanism", mechanism);
      const said = await runWell("gsasl", [...words, ...more]);
      if (!said.includes("Client authentication finished")) throw new Error(said.slice(-500));
    },
  };
}

export const gsaslChecks: readonly Check[] = [
  login("imap", 143, "SCRAM-SHA-256-PLUS"),
  login("imap", 143, "SCRAM-SHA-256", ["--no-cb"]),
  login("smtp", 25, "SCRAM-SHA-256-PLUS"),
];
