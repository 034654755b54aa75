/** Starts the browser app. */
import { mount } from "svelte";
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet has nothing to assign.
import "./lib/theme.css";
import App from "./app.svelte";

const target = document.querySelector("#app");
if (target === null) throw new Error("index.html has no #app to show the pages in");
mount(App, { target });
