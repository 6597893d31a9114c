/** The one salon of the page, for every component below the shell: `const salon = getSalon()`. */
import { createContext } from "svelte";

import type { Salon } from "../../model/types";

export const [getSalon, setSalon] = createContext<Salon>();
