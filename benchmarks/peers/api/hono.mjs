// Hono with its Node adapter on node-postgres.
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import * as database from "./database.mjs";
import { NewPost, bearer, page, problem, readCursor, whole } from "./posts.mjs";

const app = new Hono();

app.get("/api/v1/posts", async (context) => {
  const limit = Number(context.req.query("limit") ?? 20);
  return context.json(page(await database.list(readCursor(context.req.query("cursor")), limit), limit));
});

app.get("/api/v1/posts/:id", async (context) => {
  const row = await database.one(context.req.param("id"));
  return row ? context.json(whole(row)) : context.json(problem(404, "Not found"), 404);
});

async function authenticate(context, next) {
  let claims;
  try {
    claims = bearer(context.req.header("Authorization"));
  } catch {
    return context.json(problem(401, "Not authenticated"), 401);
  }
  const caller = await database.callerOf(claims);
  if (!caller) return context.json(problem(401, "Not authenticated"), 401);
  if (!database.mayEdit(caller)) return context.json(problem(403, "Not permitted"), 403);
  context.set("caller", caller);
  await next();
}

app.post("/api/v1/posts", authenticate, async (context) => {
  const input = NewPost.safeParse(await context.req.json());
  if (!input.success) return context.json(problem(422, "Invalid"), 422);
  const row = await database.create(context.get("caller"), input.data);
  return context.json(whole(row), 201, { Location: `/api/v1/posts/${row.id}` });
});

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: "127.0.0.1" });
