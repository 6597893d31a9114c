import { mount } from "svelte";

import "./style/tokens.css";
import "./style/base.css";
import App from "./ui/App.svelte";

mount(App, { target: document.getElementById("app")! });
