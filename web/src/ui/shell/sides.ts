/**
 * The sides of a room beside the talk: tabs of the panel on wide screens, screens of their own on narrow ones. Another
 * side is one line here.
 */
import type { Component } from "svelte";

import { t } from "../../i18n/index.svelte";
import type { Room } from "../../model/types";
import type { IconName } from "../common/icons";
import FilesSide from "../files/FilesSide.svelte";
import PeopleSide from "./PeopleSide.svelte";

export interface Side {
  /** As it stands in addresses. */
  id: string;
  icon: IconName;
  title: () => string;
  panel: Component<{ room: Room }>;
  /** Whether a private room of two has it. */
  direct: boolean;
}

export const SIDES: readonly Side[] = [
  { id: "files", icon: "files", title: () => t.files.title, panel: FilesSide, direct: true },
  { id: "people", icon: "people", title: () => t.people.title, panel: PeopleSide, direct: false },
];
