import { mount } from "svelte";

import "./style/tokens.css";
import "./style/base.css";
import { showLanguage, wantedLanguage } from "./i18n/index.svelte";
import { browserWorld } from "./model/browser";
import { createSalon } from "./model/salon";
import App from "./ui/App.svelte";
import { addFiles } from "./ui/files";
import { kept } from "./ui/common/kept";
import { showTheme, storedTheme } from "./ui/shell/theme";

addFiles();
showTheme(storedTheme(kept));
await showLanguage(wantedLanguage(kept, navigator.languages));
mount(App, { target: document.getElementById("app")!, props: { salon: createSalon(browserWorld()) } });
