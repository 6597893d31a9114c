/** The app in a window: first to the server, wherever that is, then in. */
import { mount } from "svelte";

import AgentApp from "../ui/window/AgentApp.svelte";
import { callAgent } from "./browser";

/** Shows the app. What follows waits for the agent's first word. */
export function startWithAgent(target: Element): void {
  mount(AgentApp, { target, props: { agent: callAgent() } });
}
