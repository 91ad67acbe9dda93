// One author's way through the API by this package alone; every answer is parsed by its zod schema.
// node round_trip.mjs <address> <file of a video>; says on stdout what came, as JSON.
import { openAsBlob } from 'node:fs';
import * as marquee from '@marquee/client';
import * as zod from '@marquee/client/zod';
import { announce } from '../example-out/usage.js';

const [address, file] = process.argv.slice(2);
marquee.client.setConfig({ baseUrl: address });

/** Calls an operation and parses what it answers. */
async function call(name, options) {
  const { data, error, response } = await marquee[name](options);
  if (!response.ok) throw new Error(`${name}: ${response.status} ${JSON.stringify(error)}`);
  return zod[`z${name[0].toUpperCase()}${name.slice(1)}Response`].parse(response.status === 204 ? undefined : data);
}

/** Calls an operation that must be refused, and parses the problem. */
async function refused(name, options) {
  const { error, response } = await marquee[name](options);
  if (response.ok) throw new Error(`${name}: ${response.status}`);
  return zod.zProblem.parse(error);
}

/** Follows until an event of this type about this subject; every one on the way is parsed. */
async function heard(type, subject) {
  for await (const event of marquee.follow({ after: '0' })) {
    const known = zod.zEvent.parse(event);
    if (known.type === type && known.subject === subject) return known;
  }
}

const email = `round-trip-${Date.now()}@example.org`;
const password = 'correct horse battery';
const session = await call('signUp', { body: { email, password, name: 'Ada' } });
marquee.client.setConfig({ auth: () => session.access_token });
const organization = session.organization.slug;
const me = await call('getMe');
const draft = await call('createPost', { body: { title: 'Of mills & looms', body_markdown: '*Once*', tags: ['Engines'] } });
await call('changePost', { path: { post_id: draft.id }, body: { excerpt: 'A tale' } });
const published = await call('publishPost', { path: { post_id: draft.id } });
const listed = await call('listPosts', { query: { organization, limit: 5, count: true } });
const parts = await call('listPosts', { query: { organization, fields: 'id,title' } });
const read = await call('getPost', { path: { post_id: draft.id } });
await call('commentOnPost', { path: { post_id: draft.id }, body: { body: 'Well said' } });
const comments = await call('listPostComments', { path: { post_id: draft.id } });
const liked = await call('likePost', { path: { post_id: draft.id } });
const missing = await refused('getPost', { path: { post_id: session.user.id } });
const wrong = await refused('createPost', { body: { title: '' } });
const told = await heard('post.published', `post:${draft.id}`);
const video = await call('uploadVideo', { body: { file: new File([await openAsBlob(file)], 'mill.mp4'), title: 'The mill' } });
const playable = await heard('video.playable', `video:${video.id}`);
const videos = await call('listVideos', { query: { organization } });
const playback = await call('getPlayback', { path: { video_id: video.id } });
const jobs = await call('listJobs', { query: { subject: `video:${video.id}` } });
await heard('video.ready', `video:${video.id}`);
const announced = await announce(address, email, password, 'By the example');
await call('deletePost', { path: { post_id: draft.id } });
marquee.client.setConfig({ auth: () => 'no token' });
const stranger = await marquee.follow({ after: '0' }).next().catch((problem) => zod.zProblem.parse(problem));

console.log(
  JSON.stringify({
    name: me.name,
    publication: published.publication,
    excerpt: read.excerpt,
    titles: listed.data.map((post) => post.title),
    total: listed.page.total,
    part: parts.data[0],
    comments: comments.data.map((comment) => comment.body),
    likes: liked.likes_count,
    missing: missing.code,
    wrong: wrong.errors,
    told: told.data.slug,
    playable: playable.data.state,
    videos: videos.data.map((one) => one.title),
    hls_url: playback.hls_url,
    jobs: jobs.data.map((job) => job.kind),
    announced,
    stranger: stranger.code,
  }),
);
process.exit(0);
