/** What other parts put into the composer: files add their button in front of the text. */
import type { Component } from "svelte";

import type { Room } from "../../model/types";

export interface ToolProps {
  room: Room;
}

const tools: Component<ToolProps>[] = [];

/** Put this in front of the text, in every room's composer. Called before the first composer is drawn. */
export function addTool(tool: Component<ToolProps>): void {
  if (!tools.includes(tool)) tools.push(tool);
}

export function allTools(): readonly Component<ToolProps>[] {
  return tools;
}
