import assert from "node:assert/strict";
import { test } from "node:test";
import { inOrder } from "./folder-order.ts";

test("roles come first in the order of a day's work, children after their parents, the rest by name", () => {
  const of = (name: string, role: string | null = null): { name: string; role: string | null } => ({
    name,
    role,
  });
  const mailboxes = [
    of("Zoo"),
    of("Archive/2025"),
    of("Trash", "trash"),
    of("Work b"),
    of("Work/Lab"),
    of("Archive", "archive"),
    of("INBOX", "inbox"),
    of("Work"),
    of("Sent", "sent"),
  ];
  assert.deepEqual(
    inOrder(mailboxes).map(({ name }) => name),
    ["INBOX", "Sent", "Archive", "Archive/2025", "Trash", "Work", "Work/Lab", "Work b", "Zoo"],
  );
});
