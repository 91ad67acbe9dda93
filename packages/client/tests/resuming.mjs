// `follow` against a server that ends the stream, then refuses: says on stdout what it asked and what came, as JSON.
import { createServer } from 'node:http';
import { createClient, createConfig, follow } from '@marquee/client';

const asked = [];
const event = (seq) => ({ id: String(seq), type: 'post.created', seq });
const server = createServer((request, response) => {
  asked.push(`${request.url} ${request.headers.authorization}`);
  if (asked.length < 3) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.end(`: welcome\nretry: 1000\n\nid: ${asked.length}.7\ndata: ${JSON.stringify(event(asked.length))}\n\n`);
  } else {
    response.writeHead(401, { 'Content-Type': 'application/problem+json' });
    response.end(JSON.stringify({ code: 'session_ended', status: 401 }));
  }
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
let tokens = 0;
const baseUrl = `http://127.0.0.1:${server.address().port}`;
const client = createClient(createConfig({ baseUrl, auth: () => `token-${++tokens}` }));
const came = [];
const refusal = await (async () => {
  for await (const { seq } of follow({ client, topics: ['video:1', 'post:2'], pauseMs: 10 })) came.push(seq);
})().catch((problem) => problem);

console.log(JSON.stringify({ asked, came, refusal: refusal?.code }));
process.exit(0);
