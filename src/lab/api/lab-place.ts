/** What the lab's API answers from. */
import { routeOf } from "../../server/http/route.ts";
import type { Lab } from "../lab.ts";

export type LabPlace = {
  readonly lab: Lab;
  /** Takes the lab down, and the API with it. */
  stop(): void;
};

export const labRoute = routeOf<LabPlace>();
