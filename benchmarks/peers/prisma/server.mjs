// Express 5 on Prisma 7, whose client needs no engine: queries go through @prisma/adapter-pg.
import { PrismaPg } from "@prisma/adapter-pg";
import express from "express";
import { v7 as uuid } from "uuid";
import {
  EDITORS,
  NewPost,
  RENDERER_VERSION,
  bearer,
  draftOf,
  eventData,
  page,
  problem,
  readCursor,
  revisionContent,
  whole,
} from "../api/posts.mjs";
import { PrismaClient } from "./generated/client.js";

const adapter = new PrismaPg({ connectionString: process.env.DATABASE_URL, max: 10 });
const prisma = new PrismaClient({ adapter });
const app = express();
app.disable("x-powered-by");
app.set("etag", false);

const related = {
  organization: { select: { slug: true, name: true } },
  authors: { select: { position: true, user: { select: { id: true, slug: true, name: true, avatarUrl: true } } } },
  tags: { select: { position: true, tag: { select: { id: true, slug: true, name: true } } } },
};
const readable = { publication: "published", organization: { deletedAt: null } };

/** The same names as the columns have. */
const asRow = (post) => ({
  ...post,
  organization_slug: post.organization.slug,
  organization_name: post.organization.name,
  authors: post.authors.map(({ position, user }) => [position, user.id, user.slug, user.name, user.avatarUrl]),
  tags: post.tags.map(({ position, tag }) => [position, tag.id, tag.slug, tag.name]),
  body_markdown: post.bodyMarkdown,
  body_html: post.bodyHtml,
  reading_time_s: post.readingTimeS,
  likes_count: post.likesCount,
  comments_count: post.commentsCount,
  publish_at: post.publishAt,
  published_at: post.publishedAt,
  created_at: post.createdAt,
  updated_at: post.updatedAt,
});

app.get("/api/v1/posts", async (request, response) => {
  const limit = Number(request.query.limit ?? 20);
  const [publishedAt, id] = readCursor(request.query.cursor);
  const after = request.query.cursor && { OR: [{ publishedAt: { lt: publishedAt } }, { publishedAt, id: { lt: id } }] };
  const posts = await prisma.post.findMany({
    where: { ...readable, visibility: "public", ...after },
    orderBy: [{ publishedAt: "desc" }, { id: "desc" }],
    take: limit + 1,
    include: related,
    omit: { bodyMarkdown: true, bodyHtml: true, seo: true, videoIds: true },
  });
  response.json(page(posts.map(asRow), limit));
});

app.get("/api/v1/posts/:id", async (request, response) => {
  const where = { id: request.params.id, ...readable, visibility: { in: ["public", "unlisted"] } };
  const post = await prisma.post.findFirst({ where, include: related });
  if (!post) return response.status(404).json(problem(404, "Not found"));
  response.json(whole(asRow(post)));
});

async function authenticate(request, response, next) {
  let claims;
  try {
    claims = bearer(request.headers.authorization);
  } catch {
    return response.status(401).json(problem(401, "Not authenticated"));
  }
  const session = await prisma.session.findFirst({
    where: { id: claims.sid, userId: claims.sub, revokedAt: null, expiresAt: { gt: new Date() }, user: { disabledAt: null } },
    include: { organization: true, user: { include: { memberships: { where: { suspendedAt: null } } } } },
  });
  if (!session) return response.status(401).json(problem(401, "Not authenticated"));
  const membership = session.user.memberships.find((one) => one.organizationId === session.organizationId);
  if (!EDITORS.has(membership?.role)) return response.status(403).json(problem(403, "Not permitted"));
  request.session = session;
  next();
}

app.post("/api/v1/posts", authenticate, express.json({ limit: "1mb" }), async (request, response) => {
  const input = NewPost.safeParse(request.body);
  if (!input.success) return response.status(422).json(problem(422, "Invalid"));
  const { user, organization } = request.session;
  const draft = draftOf(input.data, uuid(), organization.id);
  const post = await prisma.$transaction(async (transaction) => {
    const created = await insert(transaction, draft, user);
    const { seq } = await transaction.eventCounter.update({
      where: { scopeId: organization.id },
      data: { seq: { increment: 1 } },
    });
    await transaction.event.create({
      data: {
        ...{ scopeId: organization.id, seq, id: uuid(), organizationId: organization.id, type: "post.created" },
        ...{ subject: `post:${draft.id}`, data: eventData(draft), occurredAt: draft.created_at },
      },
    });
    return created;
  });
  response.status(201).location(`/api/v1/posts/${post.id}`).json(whole(asRow(post)));
});

function insert(transaction, draft, user) {
  return transaction.post.create({
    data: {
      ...{ id: draft.id, slug: draft.slug, title: draft.title, excerpt: draft.excerpt, organizationId: draft.organization_id },
      ...{ bodyMarkdown: draft.body_markdown, bodyHtml: draft.body_html, rendererVersion: RENDERER_VERSION },
      ...{ readingTimeS: draft.reading_time_s, seo: {}, videoIds: [], likesCount: 0, commentsCount: 0, revision: 1 },
      ...{ publication: "draft", visibility: "public", createdAt: draft.created_at, updatedAt: draft.updated_at },
      authors: { create: { userId: user.id, position: 0 } },
      revisions: {
        create: {
          ...{ id: uuid(), number: 1, editorId: user.id },
          ...{ content: revisionContent(draft, user.id), createdAt: draft.created_at },
        },
      },
    },
    include: related,
  });
}

app.listen(Number(process.env.PORT), "127.0.0.1");
