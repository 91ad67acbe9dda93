// The queries of the peers on node-postgres: named, so that PostgreSQL prepares each once a connection.
import pg from "pg";
import { v7 as uuid } from "uuid";
import { EDITORS, RENDERER_VERSION, draftOf, eventData, revisionContent } from "./posts.mjs";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

const COLUMNS = `posts.id, posts.slug, posts.title, posts.excerpt, posts.publication, posts.visibility,
  posts.reading_time_s, posts.likes_count, posts.comments_count, posts.revision, posts.publish_at, posts.published_at,
  posts.created_at, posts.updated_at, organizations.slug AS organization_slug, organizations.name AS organization_name,
  (SELECT coalesce(json_agg(json_build_array(position, users.id, users.slug, users.name, users.avatar_url)), '[]')
     FROM post_authors JOIN users ON users.id = user_id WHERE post_id = posts.id) AS authors,
  (SELECT coalesce(json_agg(json_build_array(position, tags.id, tags.slug, tags.name)), '[]')
     FROM post_tags JOIN tags ON tags.id = tag_id WHERE post_id = posts.id) AS tags`;
const READABLE = `publication = 'published'
  AND posts.organization_id NOT IN (SELECT id FROM organizations WHERE deleted_at IS NOT NULL)`;

const LIST = `SELECT ${COLUMNS} FROM posts JOIN organizations ON organizations.id = posts.organization_id
  WHERE ${READABLE} AND visibility = 'public' AND (published_at, posts.id) < ($1, $2)
  ORDER BY published_at DESC, posts.id DESC LIMIT $3`;
const ONE = `SELECT ${COLUMNS}, posts.body_markdown, posts.body_html, posts.seo
  FROM posts JOIN organizations ON organizations.id = posts.organization_id
  WHERE posts.id = $1 AND ${READABLE} AND visibility IN ('public', 'unlisted')`;
const CALLER = `SELECT users.id, users.slug, users.name, users.avatar_url, memberships.role,
    organizations.id AS organization_id, organizations.slug AS organization_slug,
    organizations.name AS organization_name
  FROM sessions JOIN users ON users.id = sessions.user_id
    JOIN organizations ON organizations.id = sessions.organization_id
    JOIN memberships ON memberships.user_id = users.id AND memberships.organization_id = organizations.id
  WHERE sessions.id = $1 AND sessions.user_id = $2 AND sessions.revoked_at IS NULL AND sessions.expires_at > now()
    AND users.disabled_at IS NULL AND memberships.suspended_at IS NULL`;
const INSERT_POST = `INSERT INTO posts (id, organization_id, slug, title, excerpt, body_markdown, body_html,
    renderer_version, reading_time_s, seo, video_ids, likes_count, comments_count, revision, publication, visibility,
    created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '{}', '[]', 0, 0, 1, 'draft', 'public', $10, $10)
  ON CONFLICT (organization_id, slug) DO NOTHING`;

export async function list([publishedAt, id], limit) {
  return (await pool.query({ name: "list", text: LIST, values: [publishedAt, id, limit + 1] })).rows;
}

export async function one(id) {
  return (await pool.query({ name: "one", text: ONE, values: [id] })).rows[0];
}

/** Who the claims speak of, if their session is still in force. */
export async function callerOf({ sid, sub }) {
  return (await pool.query({ name: "caller", text: CALLER, values: [sid, sub] })).rows[0];
}

export const mayEdit = (caller) => EDITORS.has(caller.role);

/** A draft with its author, its first revision and its event, in one transaction; the row as `one` gives it. */
export async function create(caller, input) {
  const draft = draftOf(input, uuid(), caller.organization_id);
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await insertPost(client, draft);
    await client.query({
      name: "author",
      text: "INSERT INTO post_authors (post_id, user_id, position) VALUES ($1, $2, 0)",
      values: [draft.id, caller.id],
    });
    await client.query({
      name: "revision",
      text: "INSERT INTO post_revisions (id, post_id, number, editor_id, content, created_at) VALUES ($1, $2, 1, $3, $4, $5)",
      values: [uuid(), draft.id, caller.id, revisionContent(draft, caller.id), draft.created_at],
    });
    await insertEvent(client, draft);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
  const author = [0, caller.id, caller.slug, caller.name, caller.avatar_url];
  const { organization_slug, organization_name } = caller;
  return { ...draft, organization_slug, organization_name, authors: [author], tags: [] };
}

async function insertPost(client, draft) {
  const base = draft.slug;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const { id, organization_id, slug, title, excerpt, body_markdown, body_html, reading_time_s, created_at } = draft;
    const values = [id, organization_id, slug, title, excerpt, body_markdown, body_html, RENDERER_VERSION];
    const { rowCount } = await client.query({
      name: "post",
      text: INSERT_POST,
      values: [...values, reading_time_s, created_at],
    });
    if (rowCount) return;
    draft.slug = `${base}-${Math.random().toString(36).slice(2, 7)}`;
  }
  throw new Error("no free slug");
}

async function insertEvent(client, draft) {
  const scope = draft.organization_id;
  const { rows } = await client.query({
    name: "counter",
    text: "UPDATE event_counters SET seq = seq + 1 WHERE scope_id = $1 RETURNING seq",
    values: [scope],
  });
  await client.query({
    name: "event",
    text: `INSERT INTO events (scope_id, seq, id, organization_id, type, subject, data, occurred_at)
      VALUES ($1, $2, $3, $1, 'post.created', $4, $5, $6)`,
    values: [scope, rows[0].seq, uuid(), `post:${draft.id}`, eventData(draft), draft.created_at],
  });
}
