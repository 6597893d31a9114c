/** The plain window: a page that only the agent serves. */
import { mount } from "svelte";

import "./style/tokens.css";
import "./style/base.css";
import { browserWorld } from "./model/browser";
import { createSalon } from "./model/salon";
import { callAgent } from "./native/browser";
import { agentStorage } from "./native/storage";
import { Chat } from "./ui/window/chat.svelte";
import PlainWindow from "./ui/window/PlainWindow.svelte";

// Nothing is kept: whoever opens the window is somebody new, with an empty screen.
const storage = agentStorage({});
const salon = createSalon({ ...browserWorld(), storage });
const chat = new Chat(salon, callAgent(), () => storage.get("salon/secret") ?? "");
mount(PlainWindow, { target: document.getElementById("app")!, props: { chat } });
