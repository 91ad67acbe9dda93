// Express 5 on node-postgres. CACHE=1: anonymous answers are kept for a second.
import express from "express";
import { LRUCache } from "lru-cache";
import * as database from "./database.mjs";
import { NewPost, bearer, page, problem, readCursor, whole } from "./posts.mjs";

const app = express();
app.disable("x-powered-by");
app.set("etag", false);

if (process.env.CACHE) {
  const cache = new LRUCache({ max: 10_000, ttl: 1000 });
  app.use((request, response, next) => {
    if (request.method !== "GET" || request.headers.authorization) return next();
    const kept = cache.get(request.url);
    if (kept) return response.type("json").send(kept);
    const send = response.send.bind(response);
    response.send = (body) => {
      if (response.statusCode === 200) cache.set(request.url, body);
      return send(body);
    };
    next();
  });
}

app.get("/api/v1/posts", async (request, response) => {
  const limit = Number(request.query.limit ?? 20);
  response.json(page(await database.list(readCursor(request.query.cursor), limit), limit));
});

app.get("/api/v1/posts/:id", async (request, response) => {
  const row = await database.one(request.params.id);
  if (!row) return response.status(404).json(problem(404, "Not found"));
  response.json(whole(row));
});

async function authenticate(request, response, next) {
  let claims;
  try {
    claims = bearer(request.headers.authorization);
  } catch {
    return response.status(401).json(problem(401, "Not authenticated"));
  }
  request.caller = await database.callerOf(claims);
  if (!request.caller) return response.status(401).json(problem(401, "Not authenticated"));
  if (!database.mayEdit(request.caller)) return response.status(403).json(problem(403, "Not permitted"));
  next();
}

app.post("/api/v1/posts", authenticate, express.json({ limit: "1mb" }), async (request, response) => {
  const input = NewPost.safeParse(request.body);
  if (!input.success) return response.status(422).json(problem(422, "Invalid"));
  const row = await database.create(request.caller, input.data);
  response.status(201).location(`/api/v1/posts/${row.id}`).json(whole(row));
});

app.listen(Number(process.env.PORT), "127.0.0.1");
