// Many stock clients, each resuming by `after`. Prints a line for each thing that happens; when its input ends, a summary.
import { io } from "socket.io-client";

const { address, tokens, clients, options = {}, auth = {}, topic } = JSON.parse(process.argv[2]);
const say = (line) => process.stdout.write(`${JSON.stringify({ at: Date.now() / 1000, ...line })}\n`);

function follow(number) {
  const token = tokens[number % tokens.length];
  const own = { number, seqs: [], connects: 0, disconnects: [], refusals: [], errors: 0, acks: 0, transport: null };
  let after = auth.after;
  const socket = io(address, {
    forceNew: true, // clients of one process would share a connection
    ...options,
    auth: (send) => send({ ...auth, token, ...(after === undefined ? {} : { after }) }),
  });
  socket.io.on("open", () => {
    own.transport = socket.io.engine.transport.name;
    say({ opened: number, transport: own.transport });
    socket.io.engine.once("upgrade", (transport) => { own.transport = transport.name; say({ upgraded: number }); });
  });
  socket.on("connect", () => {
    own.connects += 1;
    say({ connected: number });
    if (!topic) return;
    socket.emit("subscribe", { topic }, (ack) => { own.acks += ack.ok ? 1 : 0; say({ acked: number, ...ack }); });
  });
  socket.on("event", (event) => {
    if ("seq" in event) { own.seqs.push(event.seq); after = event.seq; }
    say({ heard: number, ...event });
  });
  socket.on("disconnect", (reason) => { own.disconnects.push(reason); say({ lost: number, reason }); });
  socket.on("connect_error", (error) => {
    if (socket.active) { own.errors += 1; say({ failed: number, why: `${error.message}: ${error.description} ${error.context?.responseText ?? ""}` }); return; }
    own.refusals.push(error.message);
    say({ refused: number, code: error.message });
  });
  return { own, socket };
}

const crowd = Array.from({ length: clients }, (_, number) => follow(number));
process.stdin.resume();
process.stdin.on("end", () => {
  const summary = crowd.map(({ own, socket }) => ({ ...own, connected: socket.connected }));
  process.stdout.write(`${JSON.stringify({ summary })}\n`, () => process.exit(0)); // a pipe takes a long line in pieces
});
