// What the JavaScript peers share: the JSON of a post, cursors, Markdown, and who calls. No database in here.
import { createVerifier } from "fast-jwt";
import MarkdownIt from "markdown-it";
import sanitizeHtml from "sanitize-html";
import { z } from "zod";

const { SECRET_KEY: key, ISSUER: issuer } = process.env;
const markdown = new MarkdownIt("commonmark", { html: true }).enable(["table", "strikethrough"]);
const clean = {
  allowedTags: sanitizeHtml.defaults.allowedTags.concat(["img", "del", "input"]),
  transformTags: { a: sanitizeHtml.simpleTransform("a", { rel: "noopener noreferrer nofollow" }) },
  allowedAttributes: { a: ["href", "title", "rel"], img: ["src", "alt", "title"], code: ["class"] },
};
const SEO = [
  ...["title", "description", "canonical_url", "og_title", "og_description", "og_image_url"],
  ...["twitter_title", "twitter_description", "twitter_image_url"],
];

export const RENDERER_VERSION = 2;
export const EDITORS = new Set(["owner", "admin", "editor"]);
export const NewPost = z.strictObject({
  title: z.string().trim().min(1).max(300),
  body_markdown: z.string().max(500_000).default(""),
  tags: z.array(z.string().max(60)).max(20).default([]),
});

/** Checks signature, expiry, issuer and audience; the claims. */
export const readToken = createVerifier({ key, algorithms: ["HS256"], allowedIss: issuer, allowedAud: issuer, cache: false });

export function bearer(header) {
  if (!header?.startsWith("Bearer ")) throw new Error("no token");
  return readToken(header.slice(7));
}

const instant = (moment) => moment?.toISOString() ?? null;
const inOrder = (rows) => rows.sort((one, other) => one[0] - other[0]);

/** Rows as PostgreSQL's driver gives them: `authors` and `tags` are arrays of arrays, position first. */
export function summary(row) {
  return {
    id: row.id,
    slug: row.slug,
    title: row.title,
    excerpt: row.excerpt,
    cover_image: null,
    tags: inOrder(row.tags).map(([, id, slug, name]) => ({ id, slug, name })),
    authors: inOrder(row.authors).map(([, id, slug, name, avatar_url]) => ({ id, slug, name, avatar_url })),
    organization: { slug: row.organization_slug, name: row.organization_name },
    publication: row.publication,
    visibility: row.visibility,
    reading_time_s: row.reading_time_s,
    likes_count: row.likes_count,
    comments_count: row.comments_count,
    revision: row.revision,
    publish_at: instant(row.publish_at),
    published_at: instant(row.published_at),
    created_at: instant(row.created_at),
    updated_at: instant(row.updated_at),
  };
}

export function whole(row) {
  const document = summary(row);
  document.body_markdown = row.body_markdown;
  document.body_html = row.body_html;
  const empty = Object.fromEntries(SEO.map((name) => [name, null]));
  document.seo = { ...empty, noindex: false, ...row.seo, open_graph: openGraph(row, document) };
  document.media = [];
  return document;
}

function openGraph(row, document) {
  const { seo } = row;
  const title = seo.og_title || seo.title || row.title;
  const description = seo.og_description || seo.description || row.excerpt;
  const image = seo.og_image_url;
  return [
    ["og:type", "article"],
    ["og:site_name", row.organization_name],
    ["og:title", title],
    ["og:description", description],
    ["og:url", seo.canonical_url],
    ["og:image", image],
    ["article:published_time", document.published_at],
    ["article:modified_time", document.updated_at],
    ...document.tags.map(({ name }) => ["article:tag", name]),
    ["twitter:card", seo.twitter_image_url || image ? "summary_large_image" : "summary"],
    ["twitter:title", seo.twitter_title || title],
    ["twitter:description", seo.twitter_description || description],
    ["twitter:image", seo.twitter_image_url || image],
  ]
    .filter(([, content]) => content)
    .map(([property, content]) => ({ property, content }));
}

export function page(rows, limit) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit ? writeCursor(last.published_at, last.id) : null;
  return { data: shown.map(summary), page: { next_cursor: next, prev_cursor: null } };
}

export const writeCursor = (publishedAt, id) =>
  Buffer.from(JSON.stringify([publishedAt.toISOString(), id])).toString("base64url");

export const readCursor = (cursor) =>
  cursor ? JSON.parse(Buffer.from(cursor, "base64url")) : ["infinity", "ffffffff-ffff-ffff-ffff-ffffffffffff"];

export const render = (text) => sanitizeHtml(markdown.render(text), clean);

export function excerptOf(text) {
  const plain = text
    .replace(/!?\[([^\[\]]*)\]\([^()]*\)|[`*_>#~|]+/g, (_, label) => label ?? "")
    .replace(/\s+/g, " ")
    .trim();
  return plain.length <= 300 ? plain : `${plain.slice(0, 300).replace(/ \S*$/, "").replace(/[,.;:]+$/, "")}…`;
}

export const slugOf = (title) =>
  title.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 80) || "post";

/** The columns of a new draft. */
export function draftOf(input, id, organizationId) {
  const now = new Date();
  return {
    id,
    organization_id: organizationId,
    slug: slugOf(input.title),
    title: input.title,
    excerpt: excerptOf(input.body_markdown),
    body_markdown: input.body_markdown,
    body_html: render(input.body_markdown),
    reading_time_s: Math.round((input.body_markdown.split(/\s+/).filter(Boolean).length * 60) / 240),
    publication: "draft",
    visibility: "public",
    seo: {},
    likes_count: 0,
    comments_count: 0,
    revision: 1,
    publish_at: null,
    published_at: null,
    created_at: now,
    updated_at: now,
  };
}

export const revisionContent = (draft, authorId) => ({
  title: draft.title,
  slug: draft.slug,
  excerpt: draft.excerpt,
  body_markdown: draft.body_markdown,
  visibility: draft.visibility,
  seo: {},
  tags: [],
  authors: [authorId],
});

export const eventData = ({ id, slug, title, publication }) => ({ id, slug, title, publication });

export const problem = (status, title) => ({ type: "about:blank", title, status });
