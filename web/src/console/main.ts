import { mount } from "svelte";

import "../style/tokens.css";
import "../style/base.css";
import Console from "../ui/console/Console.svelte";
import { kept } from "../ui/common/kept";
import { showTheme, storedTheme } from "../ui/shell/theme";

showTheme(storedTheme(kept));
mount(Console, { target: document.getElementById("app")! });
