/** The agent as a page finds it. */
import { AgentLine } from "./agent";

/** The line to it. Once it has ended there is no other. */
export function callAgent(): AgentLine {
  const socket = new WebSocket(`ws://${location.host}/agent`);
  const waiting: string[] = [];
  const line = new AgentLine({
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
      else if (socket.readyState === WebSocket.CONNECTING) waiting.push(text);
    },
  });
  socket.onopen = () => {
    for (const text of waiting.splice(0)) socket.send(text);
  };
  socket.onmessage = (message) => line.received(String(message.data));
  socket.onclose = () => line.closed();
  return line;
}
