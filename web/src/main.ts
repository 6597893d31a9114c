import { mount } from "svelte";

import "./style/tokens.css";
import "./style/base.css";
import "./style/sign-in.css";
import { showLanguage, wantedLanguage } from "./i18n/index.svelte";
import { browserWorld } from "./model/browser";
import { createSalon } from "./model/salon";
import { hasAgent } from "./native/has";
import App from "./ui/App.svelte";
import { addFiles } from "./ui/files";
import { kept } from "./ui/common/kept";
import { showTheme, storedTheme } from "./ui/shell/theme";

addFiles();
showTheme(storedTheme(kept));
await showLanguage(wantedLanguage(kept, navigator.languages));
const target = document.getElementById("app")!;
if (hasAgent()) (await import("./native/start")).startWithAgent(target);
else mount(App, { target, props: { salon: createSalon(browserWorld()) } });
