/**
 * What a place is made of. Each place has one table, `routes.ts`, with one line a page; the second-level navigation,
 * the command palette and the router all read that table, so a page that is not in it cannot be linked to.
 */
import type { Component } from "svelte";
import type { IconName } from "./ui/icon-paths.ts";
import type { Params } from "./path-pattern.ts";

/** Every page gets the parameters of its path: `let { params }: PageProps = $props()`. */
export type PageProps = { params: Params };

/** A page that has no parameters may leave its props out. */
export type PageComponent = Component<PageProps> | Component<Record<string, never>>;

export type Page = {
  /** "/lab/traces/:id"; a parameter is one segment. */
  readonly path: string;
  readonly title: string;
  /** Loaded when the page is first shown. */
  readonly load: () => Promise<{ default: PageComponent }>;
  /** `nav`: an entry of the second-level navigation; `palette`: only the command palette; `link`: only links. */
  readonly shown: "nav" | "palette" | "link";
  /** The entry of the navigation that is lit while this page is shown, when it is not the page itself. */
  readonly under?: string;
  /** Key sequence that goes there, "g t". */
  readonly keys?: string;
  /** The page fills the window and scrolls inside itself, like a list beside a reading pane. */
  readonly fill?: boolean;
};

export type PlaceRoutes = {
  readonly pages: readonly Page[];
  /** Runs when the place is entered (open its live connection, show its clock); what it returns runs on leaving. */
  readonly enter?: () => () => void;
};

export type Place = {
  readonly id: string;
  readonly title: string;
  readonly path: string;
  readonly icon: IconName;
  readonly keys: string;
  readonly load: () => Promise<PlaceRoutes>;
};
