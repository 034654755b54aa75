/**
 * Who may come in at a door: bounds on connections, in all and from one address, and no address that is banned. It counts
 * and ends what it let in; what is said to those it turns away is the door's.
 */
import type { Connection } from "../../base/network.ts";
import type { World } from "../../base/world.ts";
import type { Misbehaviour } from "../../mta/reception/misbehaviour.ts";

type Served = {
  /** Ends well: what is under way may be finished. */
  finish(): void;
  destroy(): void;
};

export type DoorkeeperOptions = {
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  /** Absent where the door asks by itself. */
  readonly misbehaviour?: Misbehaviour | undefined;
};

/** Why somebody is turned away. */
export type TurnedAway = "full" | "banned";

export class Doorkeeper<C extends Served> {
  readonly #options: DoorkeeperOptions;
  readonly #served = new Map<C, string>();
  readonly #byAddress = new Map<string, number>();
  #whenEmpty: (() => void) | undefined;

  constructor(options: DoorkeeperOptions) {
    this.#options = options;
  }

  /** How many are being served. */
  get connections(): number {
    return this.#served.size;
  }

  /** Undefined: may come in. */
  objection(address: string): TurnedAway | undefined {
    const { connectionsMax, connectionsPerAddressMax, misbehaviour } = this.#options;
    if (misbehaviour?.bannedUntil(address) !== undefined) return "banned";
    const fromThere = this.#byAddress.get(address) ?? 0;
    return this.#served.size >= connectionsMax || fromThere >= connectionsPerAddressMax ? "full" : undefined;
  }

  entered(one: C, address: string): void {
    this.#served.set(one, address);
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
  }

  left(one: C): void {
    const address = this.#served.get(one);
    if (address === undefined) return;
    this.#served.delete(one);
    const still = (this.#byAddress.get(address) ?? 1) - 1;
    if (still > 0) this.#byAddress.set(address, still);
    else this.#byAddress.delete(address);
    if (this.#served.size === 0) this.#whenEmpty?.();
  }

  /** Ends all: in peace within `graceMs`, then by force. */
  async clear(world: World, graceMs: number): Promise<void> {
    for (const one of this.#served.keys()) one.finish();
    if (this.#served.size === 0) return;
    const empty = new Promise<void>((resolve) => (this.#whenEmpty = resolve));
    const timer = world.clock.after(graceMs, () => {
      for (const one of this.#served.keys()) one.destroy();
    });
    await empty;
    timer.cancel();
  }
}

/** A line, where one can be read, and goodbye: cheaper than a conversation, which is the point. */
export function turnAway(connection: Connection, line: string | undefined): void {
  connection.attach({ data() {}, end() {}, closed() {} });
  if (line !== undefined) connection.write(Buffer.from(line));
  connection.end();
}
