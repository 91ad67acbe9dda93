// Fastify on node-postgres, with the schema of a new post checked by Fastify itself.
import Fastify from "fastify";
import * as database from "./database.mjs";
import { bearer, page, problem, readCursor, whole } from "./posts.mjs";

const app = Fastify();
const newPost = {
  type: "object",
  required: ["title"],
  additionalProperties: false,
  properties: {
    title: { type: "string", minLength: 1, maxLength: 300 },
    body_markdown: { type: "string", maxLength: 500_000, default: "" },
    tags: { type: "array", maxItems: 20, items: { type: "string", maxLength: 60 } },
  },
};

app.get("/api/v1/posts", async (request) => {
  const limit = Number(request.query.limit ?? 20);
  return page(await database.list(readCursor(request.query.cursor), limit), limit);
});

app.get("/api/v1/posts/:id", async (request, reply) => {
  const row = await database.one(request.params.id);
  return row ? whole(row) : reply.code(404).send(problem(404, "Not found"));
});

async function authenticate(request, reply) {
  let claims;
  try {
    claims = bearer(request.headers.authorization);
  } catch {
    return reply.code(401).send(problem(401, "Not authenticated"));
  }
  request.caller = await database.callerOf(claims);
  if (!request.caller) return reply.code(401).send(problem(401, "Not authenticated"));
  if (!database.mayEdit(request.caller)) return reply.code(403).send(problem(403, "Not permitted"));
}

app.decorateRequest("caller", null);
app.post("/api/v1/posts", { onRequest: authenticate, schema: { body: newPost } }, async (request, reply) => {
  const row = await database.create(request.caller, request.body);
  return reply.code(201).header("Location", `/api/v1/posts/${row.id}`).send(whole(row));
});

await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
