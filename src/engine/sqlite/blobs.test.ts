import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import { type Blobs, createBlobs } from "./blobs.ts";

function empty(): { readonly blobs: Blobs; readonly database: DatabaseSync; count(): unknown } {
  const database = new DatabaseSync(":memory:");
  database.exec(`
    CREATE TABLE blob (id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL, bytes BLOB NOT NULL);
    CREATE TABLE sharedBlob (blobId INTEGER PRIMARY KEY, holders INTEGER NOT NULL);`);
  const number = (query: string): number => Number(database.prepare(query).get()?.["n"] ?? 0);
  const count = (): unknown => ({
    blobs: number("SELECT count(*) AS n FROM blob"),
    holders: number("SELECT sum(holders) AS n FROM sharedBlob"),
  });
  return { blobs: createBlobs(database), database, count };
}

const A = Buffer.from("a");
const B = Buffer.from("b");

describe("bytes of messages", () => {
  it("are kept once for many, and go with the last who holds them", () => {
    const { blobs, count } = empty();
    const ids = [A, B, A, A].map((bytes) => blobs.hold(bytes, undefined));
    assert.deepEqual(ids, [1, 2, 1, 1]);
    assert.deepEqual(count(), { blobs: 2, holders: 3 });
    blobs.release(1);
    assert.deepEqual(count(), { blobs: 2, holders: 2 });
    blobs.release(1);
    assert.deepEqual(count(), { blobs: 2, holders: 0 });
    blobs.release(2);
    blobs.release(1);
    assert.deepEqual(count(), { blobs: 0, holders: 0 });
  });

  it("are kept again when they have gone meanwhile, also when another has their number", () => {
    const { blobs, count } = empty();
    blobs.hold(A, undefined);
    blobs.release(1);
    assert.equal(blobs.hold(B, undefined), 1);
    assert.equal(blobs.hold(A, undefined), 2);
    assert.deepEqual(count(), { blobs: 2, holders: 0 });
  });

  it("are no one's when the transaction was rolled back", () => {
    const { blobs, database, count } = empty();
    database.exec("BEGIN");
    blobs.hold(A, undefined);
    blobs.hold(A, undefined);
    database.exec("ROLLBACK");
    assert.equal(blobs.hold(A, undefined), 1);
    assert.deepEqual(count(), { blobs: 1, holders: 0 });
  });

  it("are found however long ago they came when somebody says where", () => {
    const { blobs, count } = empty();
    const old = blobs.hold(A, undefined);
    for (let n = 0; n < 1_100; n++) blobs.hold(Buffer.from(`other ${n}`), undefined);
    assert.equal(blobs.hold(A, old), old);
    assert.notEqual(blobs.hold(B, old), old);
    assert.deepEqual(count(), { blobs: 1_102, holders: 2 });
  });
});
