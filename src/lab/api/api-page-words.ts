/** What docs/api.md says in words of its own: how to begin, and the first things a person scripts. */

export const INTRODUCTION = `# The API

Plain HTTP and JSON, made for scripts and used by the browser app. A lab answers at http://127.0.0.1:8066 (\`--port\` chooses
another); its OpenAPI 3.1 document is at [/api/openapi.json](http://127.0.0.1:8066/api/openapi.json). This page is generated
from the same routes, and its examples are run by a test: each works against the network that \`posthorn lab up\` brings up
(examples/nemesis.lab.yaml).

- An error is \`{"error": "one sentence"}\` with a status of 400 or above; \`problems\` names the parts that were wrong.
- Unknown query parameters and body fields are refused, so that a typing mistake does not pass for an answer.
- Times are milliseconds since 1970 UTC in the lab's own time; lengths of time are words such as \`5s\`, \`4h\`, \`5d\`.
- Requests must come by a name of this machine (127.0.0.1, localhost), and not from a page of another site.
- Of a list, \`curl -s … | jq -r '.[0].code'\` is what a script wants.

## The first things one scripts
`;

export const FIRST_THINGS: readonly {
  readonly title: string;
  readonly words: string;
  readonly curl: string;
}[] = [
  {
    title: "Send a message",
    words:
      "It leaves as the person at the keyboard, by SMTP, through the host named by `server`. The answer has the server's reply to each recipient, and the id of its journey.",
    curl: `curl -s http://127.0.0.1:8066/lab/v1/send --json '{"from": "ann@arch.test", "to": "bob@nemesis.test",
  "subject": "Confirm", "text": "Your code is 493021: http://shop.test/verify?t=8", "server": "presto"}'`,
  },
  {
    title: "Wait for a message, and read it",
    words:
      "Answers as soon as one is there, with its text, its links, the one-time code and its journey; 408 when none came in time. `advance=` lets the lab's time jump while waiting, so that a retry due in an hour takes no time.",
    curl: `curl -s 'http://127.0.0.1:8066/lab/v1/messages?account=bob@nemesis.test&subject=confirm&wait=5s'`,
  },
  {
    title: "List the journeys",
    words: "One journey is a message over all hosts: every conversation, lookup, decision and attempt.",
    curl: `curl -s http://127.0.0.1:8066/lab/v1/traces\ncurl -s http://127.0.0.1:8066/lab/v1/traces/to:bob@nemesis.test`,
  },
  {
    title: "Place a fault",
    words:
      "Written as in the lab file: where, when, what. This one refuses the first two recipients at kerio.",
    curl: `curl -s http://127.0.0.1:8066/lab/v1/faults --json '{"id": "busy", "at": "kerio.smtp.RCPT",
  "when": {"n": [1, 2]}, "do": {"reply": "450 4.2.1 busy"}}'\ncurl -s -X DELETE http://127.0.0.1:8066/lab/v1/faults/busy`,
  },
  {
    title: "Move the clock",
    words: "Everything due on the way happens, in order.",
    curl: `curl -s http://127.0.0.1:8066/lab/v1/clock --json '{"action": "advance", "by": "4h"}'`,
  },
];

export const TYPES_INTRODUCTION = `## Types

What the answers above refer to. Answers may gain fields: read what you know, and pass over the rest.
`;
