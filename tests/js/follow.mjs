// Connects with default options, subscribes, and prints every event until one of the wanted type.
import { io } from "socket.io-client";

const [address, token, topic, until] = process.argv.slice(2);
const socket = io(address, { auth: { token, after: 0 } });
socket.on("connect_error", (error) => { console.log(JSON.stringify({ type: "refused", code: error.message })); process.exit(2); });
socket.on("connect", () => socket.emit("subscribe", { topic }, (ack) => console.log(JSON.stringify({ type: "ack", ...ack }))));
socket.on("event", (event) => {
  console.log(JSON.stringify(event));
  if (event.type === until) { socket.close(); process.exit(0); }
});
