// Generated from docs/openapi.json: `make client` writes it.

import * as z from 'zod';

/**
 * A key without its secret.
 */
export const zApiKey = z.object({
    id: z.uuid(),
    name: z.string(),
    scopes: z.array(z.enum([
        'content:read',
        'content:write',
        'jobs:read',
        'jobs:run',
        'events:read'
    ])),
    created_by: z.uuid(),
    created_at: z.iso.datetime({ offset: true }),
    expires_at: z.iso.datetime({ offset: true }).nullable(),
    last_used_at: z.iso.datetime({ offset: true }).nullable()
});

/**
 * An audio track of the HLS playlist; `language` is a BCP 47 tag, null where the file names none.
 */
export const zAudioTrack = z.object({
    language: z.string().nullable(),
    label: z.string(),
    default: z.boolean()
});

/**
 * Who did it; name and slug are null once the account is gone.
 */
export const zAuditActor = z.object({
    id: z.uuid(),
    slug: z.string().nullable(),
    name: z.string().nullable()
});

/**
 * A line of the audit log. Without an actor it was the operator or the system.
 */
export const zAuditEntry = z.object({
    id: z.uuid(),
    action: z.string(),
    actor: zAuditActor.nullable(),
    subject: z.string(),
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()).nullable(),
    address: z.string().nullable(),
    user_agent: z.string().nullable(),
    request_id: z.string().nullable(),
    occurred_at: z.iso.datetime({ offset: true })
});

/**
 * Every action that leaves a line.
 */
export const zAudited = z.enum([
    'account.created',
    'session.opened',
    'session.refused',
    'session.ended',
    'session.revoked',
    'session.token_reused',
    'account.email_verified',
    'account.password_forgotten',
    'account.password_reset',
    'account.password_changed',
    'account.changed',
    'account.disabled',
    'account.enabled',
    'account.deleted',
    'api_key.created',
    'api_key.revoked',
    'organization.created',
    'organization.changed',
    'organization.transferred',
    'organization.deleted',
    'organization.quota_changed',
    'invitation.created',
    'invitation.revoked',
    'team.joined',
    'team.role_changed',
    'team.suspended',
    'team.unsuspended',
    'team.removed',
    'team.left',
    'post.changed',
    'post.published',
    'post.unpublished',
    'post.scheduled',
    'post.archived',
    'post.deleted',
    'video.changed',
    'video.published',
    'video.unpublished',
    'video.scheduled',
    'video.archived',
    'video.deleted',
    'image.deleted'
]);

/**
 * A caption track.
 */
export const zCaption = z.object({
    lang: z.string(),
    label: z.string(),
    url: z.string()
});

/**
 * A JSON merge patch.
 */
export const zCommentChange = z.object({
    body: z.string().min(1).max(5000)
});

/**
 * What somebody says; with `parent_id` as a reply.
 */
export const zCommentCreate = z.object({
    body: z.string().min(1).max(5000),
    parent_id: z.uuid().nullish()
});

/**
 * The comment's state, and the post or the video that it is on.
 */
export const zCommentEventData = z.object({
    id: z.uuid(),
    state: z.enum([
        'visible',
        'pending',
        'hidden',
        'deleted'
    ]),
    post_id: z.uuid().nullish(),
    video_id: z.uuid().nullish()
});

/**
 * Something happened to a comment; the subject is what it is on.
 */
export const zCommentEvent = z.object({
    id: z.uuid(),
    seq: z.int().gte(1),
    occurred_at: z.iso.datetime({ offset: true }),
    organization_id: z.uuid().nullable(),
    subject: z.string(),
    type: z.enum([
        'comment.created',
        'comment.updated',
        'comment.approved',
        'comment.hidden',
        'comment.deleted'
    ]),
    data: zCommentEventData
});

/**
 * Between these two numbers events are missing.
 */
export const zEventsGapData = z.object({
    after: z.int(),
    resumed_after: z.int()
});

/**
 * What was asked for is no longer kept: load the state anew.
 */
export const zEventsGap = z.object({
    occurred_at: z.iso.datetime({ offset: true }),
    organization_id: z.uuid().nullable(),
    subject: z.string(),
    type: z.literal('events.gap'),
    data: zEventsGapData
});

/**
 * Addresses of an organization's feeds: its newest public posts. `sitemap` lists all of them.
 */
export const zFeeds = z.object({
    rss: z.string(),
    atom: z.string(),
    json_feed: z.string(),
    sitemap: z.string()
});

/**
 * The process answers.
 */
export const zHealth = z.object({
    status: z.literal('ok')
});

/**
 * A JSON merge patch.
 */
export const zImageChange = z.object({
    alt: z.string().max(1000).nullish()
});

/**
 * The image as it was then; its measures in pixels.
 */
export const zImageEventData = z.object({
    id: z.uuid(),
    state: z.enum([
        'processing',
        'ready',
        'failed'
    ]),
    width: z.int(),
    height: z.int()
});

/**
 * Something happened to an image.
 */
export const zImageEvent = z.object({
    id: z.uuid(),
    seq: z.int().gte(1),
    occurred_at: z.iso.datetime({ offset: true }),
    organization_id: z.uuid().nullable(),
    subject: z.string(),
    type: z.enum([
        'image.created',
        'image.ready',
        'image.failed',
        'image.retried',
        'image.updated',
        'image.deleted'
    ]),
    data: zImageEventData
});

/**
 * Multipart: the file, and what it shows for those who do not see it.
 */
export const zImageUpload = z.object({
    file: z.instanceof(Blob),
    alt: z.string().max(1000).nullish()
});

/**
 * A narrower file of the same picture, as WebP.
 */
export const zImageVariant = z.object({
    url: z.string(),
    width: z.int()
});

/**
 * An image. `errors` says why it failed; retry its job, or send another.
 */
export const zImage = z.object({
    id: z.uuid(),
    state: z.enum([
        'processing',
        'ready',
        'failed'
    ]),
    url: z.string(),
    alt: z.string(),
    width: z.int(),
    height: z.int(),
    variants: z.array(zImageVariant),
    job_id: z.uuid().nullable(),
    filename: z.string().nullable(),
    size_bytes: z.int(),
    errors: z.array(z.record(z.string(), z.string())),
    created_at: z.iso.datetime({ offset: true }),
    updated_at: z.iso.datetime({ offset: true })
});

/**
 * An image as pages show it. `url` is good for ever; there is a file behind it once the state is `ready`.
 */
export const zImageShown = z.object({
    id: z.uuid(),
    state: z.enum([
        'processing',
        'ready',
        'failed'
    ]),
    url: z.string(),
    alt: z.string(),
    width: z.int(),
    height: z.int(),
    variants: z.array(zImageVariant)
});

/**
 * What the letter's link carries behind `#token=`.
 */
export const zInvitationAccept = z.object({
    token: z.string().max(200)
});

/**
 * Whom to invite, as what.
 */
export const zInvitationCreate = z.object({
    role: z.enum([
        'owner',
        'admin',
        'editor',
        'viewer'
    ]),
    email: z.email().max(254)
});

/**
 * Why the source could not be used as it is.
 */
export const zIssue = z.object({
    code: z.string(),
    detail: z.string(),
    hint: z.string()
});

/**
 * Why an attempt failed: `input` will fail again, `transient` may pass, `internal` is ours.
 */
export const zJobError = z.object({
    code: z.string(),
    class: z.enum([
        'input',
        'transient',
        'internal'
    ]),
    detail: z.string(),
    hint: z.string(),
    stage: z.string()
});

/**
 * An attempt that ended badly.
 */
export const zFailedAttempt = z.object({
    attempt: z.int(),
    started_at: z.iso.datetime({ offset: true }).nullable(),
    ended_at: z.iso.datetime({ offset: true }),
    error: zJobError
});

/**
 * A unit of background work.
 *
 * `children` counts the parts of a parent by state, `failures` are the attempts that ended badly. `eta_s` is a guess
 * from the pace so far, `queue_position` the place among those that wait to begin, counted from 1.
 */
export const zJob = z.object({
    id: z.uuid(),
    kind: z.string(),
    queue: z.enum(['light', 'heavy']),
    state: z.enum([
        'queued',
        'running',
        'succeeded',
        'failed',
        'dead',
        'cancelled'
    ]),
    attempt: z.int(),
    max_attempts: z.int(),
    progress: z.number(),
    eta_s: z.int().nullable(),
    queue_position: z.int().nullable(),
    error: zJobError.nullable(),
    failures: z.array(zFailedAttempt),
    subject: z.string().nullable(),
    parent_id: z.uuid().nullable(),
    children: z.record(z.string(), z.int()),
    run_at: z.iso.datetime({ offset: true }),
    created_at: z.iso.datetime({ offset: true }),
    started_at: z.iso.datetime({ offset: true }).nullable(),
    finished_at: z.iso.datetime({ offset: true }).nullable()
});

/**
 * The job as it was then.
 */
export const zJobEventData = z.object({
    id: z.uuid(),
    kind: z.string(),
    subject: z.string().nullable(),
    state: z.enum([
        'queued',
        'succeeded',
        'failed',
        'dead',
        'cancelled'
    ]),
    error: zJobError.nullable()
});

/**
 * A job ended, or was queued again; the parts of a job make no events.
 */
export const zJobEvent = z.object({
    id: z.uuid(),
    seq: z.int().gte(1),
    occurred_at: z.iso.datetime({ offset: true }),
    organization_id: z.uuid().nullable(),
    subject: z.string(),
    type: z.enum([
        'job.succeeded',
        'job.failed',
        'job.dead',
        'job.cancelled',
        'job.retried'
    ]),
    data: zJobEventData
});

/**
 * `failed`: bad input, not retried by itself; `dead`: attempts spent.
 */
export const zJobState = z.enum([
    'queued',
    'running',
    'succeeded',
    'failed',
    'dead',
    'cancelled'
]);

/**
 * Whether you like it, and how many people do.
 */
export const zLike = z.object({
    liked: z.boolean(),
    likes_count: z.int().gte(0)
});

/**
 * Where one is signed in. `last_used_at` moves when the session is refreshed, so within ten minutes.
 */
export const zListedSession = z.object({
    id: z.uuid(),
    device: z.string(),
    user_agent: z.string().nullable(),
    address: z.string().nullable(),
    created_at: z.iso.datetime({ offset: true }),
    last_used_at: z.iso.datetime({ offset: true }),
    expires_at: z.iso.datetime({ offset: true }),
    current: z.boolean()
});

/**
 * An organization that one works in.
 */
export const zMembership = z.object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    role: z.enum([
        'owner',
        'admin',
        'editor',
        'viewer'
    ])
});

/**
 * One's own account with the organizations that one works in.
 */
export const zMe = z.object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    slug: z.string(),
    bio: z.string().nullable(),
    avatar_url: z.string().nullable(),
    email_verified: z.boolean(),
    created_at: z.iso.datetime({ offset: true }),
    updated_at: z.iso.datetime({ offset: true }),
    organizations: z.array(zMembership)
});

/**
 * One `<meta>` element.
 */
export const zMeta = z.object({
    property: z.string(),
    content: z.string()
});

/**
 * The answer to making one: `key` is shown this once.
 */
export const zNewApiKey = z.object({
    id: z.uuid(),
    name: z.string(),
    scopes: z.array(z.enum([
        'content:read',
        'content:write',
        'jobs:read',
        'jobs:run',
        'events:read'
    ])),
    created_by: z.uuid(),
    created_at: z.iso.datetime({ offset: true }),
    expires_at: z.iso.datetime({ offset: true }).nullable(),
    last_used_at: z.iso.datetime({ offset: true }).nullable(),
    key: z.string()
});

/**
 * A new organization; without a slug it gets one made from its name.
 */
export const zOrganizationCreate = z.object({
    name: z.string().min(1).max(120).regex(/^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$/),
    slug: z.string().max(80).regex(/^[a-z0-9]+(-[a-z0-9]+)*$/).nullish()
});

/**
 * The organization as it was then.
 */
export const zOrganizationEventData = z.object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string()
});

/**
 * Something happened to the organization itself.
 */
export const zOrganizationEvent = z.object({
    id: z.uuid(),
    seq: z.int().gte(1),
    occurred_at: z.iso.datetime({ offset: true }),
    organization_id: z.uuid().nullable(),
    subject: z.string(),
    type: z.enum(['organization.updated', 'organization.deleted']),
    data: zOrganizationEventData
});

/**
 * The organization that owns something.
 */
export const zOrganizationRef = z.object({
    slug: z.string(),
    name: z.string()
});

/**
 * Who of the team is to own the organization.
 */
export const zOwnershipTransfer = z.object({
    new_owner_id: z.uuid()
});

/**
 * Where the pages before and after begin; `total` counts all rows where `count=true` asked for it.
 */
export const zPage = z.object({
    next_cursor: z.string().nullable(),
    prev_cursor: z.string().nullable(),
    total: z.int().nullish()
});

/**
 * A page of keys, newest first.
 */
export const zApiKeyList = z.object({
    data: z.array(zApiKey),
    page: zPage
});

/**
 * A page of the audit log, newest first.
 */
export const zAuditList = z.object({
    data: z.array(zAuditEntry),
    page: zPage
});

/**
 * A page of images.
 */
export const zImageList = z.object({
    data: z.array(zImage),
    page: zPage
});

/**
 * A page of jobs.
 */
export const zJobList = z.object({
    data: z.array(zJob),
    page: zPage
});

/**
 * The password as it is and as it shall be.
 */
export const zPasswordChange = z.object({
    current_password: z.string().max(1024),
    new_password: z.string().min(12).max(1024)
});

/**
 * The account's address.
 */
export const zPasswordForgot = z.object({
    email: z.string().max(320)
});

/**
 * The token of the letter's link, and the new password.
 */
export const zPasswordReset = z.object({
    token: z.string().max(200),
    password: z.string().min(12).max(1024)
});

/**
 * An author.
 */
export const zPerson = z.object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    avatar_url: z.string().nullable()
});

/**
 * An invitation that nobody has accepted; inviting the address again sends a new link.
 */
export const zInvitation = z.object({
    id: z.uuid(),
    email: z.string(),
    role: z.enum([
        'owner',
        'admin',
        'editor',
        'viewer'
    ]),
    invited_by: zPerson.nullable(),
    created_at: z.iso.datetime({ offset: true }),
    expires_at: z.iso.datetime({ offset: true })
});

/**
 * A page of invitations.
 */
export const zInvitationList = z.object({
    data: z.array(zInvitation),
    page: zPage
});

/**
 * What a player needs; `expires_at` is null for public videos.
 *
 * `mp4_url` is there once the video is ready. The file is made for the first who asks: until then the address answers
 * 503 (`mp4_being_made`) with `Retry-After`, so ask again after that (`curl --retry 20`; in a page, set the `src` of
 * the `<video>` again when it tells an error).
 */
export const zPlayback = z.object({
    hls_url: z.string(),
    mp4_url: z.string().nullable(),
    poster_url: z.string().nullable(),
    storyboard_url: z.string().nullable(),
    captions: z.array(zCaption),
    audio_tracks: z.array(zAudioTrack),
    expires_at: z.iso.datetime({ offset: true }).nullable()
});

/**
 * A video that the text embeds, with what a player needs; `playback` is null until it can be played.
 */
export const zMedia = z.object({
    type: z.literal('video'),
    id: z.uuid(),
    title: z.string(),
    duration_s: z.number().nullable(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    playback: zPlayback.nullable()
});

/**
 * The post as it was then.
 */
export const zPostEventData = z.object({
    id: z.uuid(),
    slug: z.string(),
    title: z.string(),
    publication: z.enum([
        'draft',
        'scheduled',
        'published',
        'archived'
    ])
});

/**
 * Something happened to a post.
 */
export const zPostEvent = z.object({
    id: z.uuid(),
    seq: z.int().gte(1),
    occurred_at: z.iso.datetime({ offset: true }),
    organization_id: z.uuid().nullable(),
    subject: z.string(),
    type: z.enum([
        'post.created',
        'post.updated',
        'post.scheduled',
        'post.published',
        'post.unpublished',
        'post.archived',
        'post.deleted'
    ]),
    data: zPostEventData
});

/**
 * Multipart: the picture, as JPEG, PNG, WebP, GIF or AVIF.
 */
export const zPosterUpload = z.object({
    file: z.instanceof(Blob)
});

/**
 * Whoever has the address reads the post as it stands, until then.
 */
export const zPreview = z.object({
    url: z.string(),
    expires_at: z.iso.datetime({ offset: true })
});

/**
 * How far the workers are. `percent` only rises; `eta_s` is a guess from the pace up to the last progress.
 */
export const zProcessing = z.object({
    state: z.enum([
        'waiting',
        'probing',
        'preparing',
        'playable',
        'ready',
        'failed',
        'cancelled'
    ]),
    stage: z.string().nullable(),
    percent: z.int(),
    eta_s: z.int().nullable(),
    queue_position: z.int().nullable()
});

/**
 * An author as everybody sees them.
 */
export const zProfile = z.object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    avatar_url: z.string().nullable(),
    bio: z.string().nullable()
});

/**
 * A merge patch of one's own profile.
 */
export const zProfileChange = z.object({
    name: z.string().min(1).max(120).regex(/^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$/).nullish(),
    bio: z.string().max(1000).nullish(),
    avatar_url: z.url().min(1).max(2083).nullish()
});

/**
 * Where something stands on its way to readers.
 */
export const zPublication = z.enum([
    'draft',
    'scheduled',
    'published',
    'archived'
]);

/**
 * Every part. `degraded`: without Redis, when writes still succeed and work waits; or with so little space on the
 * storage that uploads are refused.
 */
export const zReadiness = z.object({
    status: z.enum([
        'ok',
        'degraded',
        'unavailable'
    ]),
    database: z.boolean(),
    migrations: z.boolean(),
    redis: z.boolean(),
    workers: z.int(),
    jail: z.string(),
    storage: z.enum(['ok', 'low'])
});

/**
 * Native clients send the token here; browsers send the cookie and an empty object.
 */
export const zRefresh = z.object({
    refresh_token: z.string().max(200).nullish()
});

/**
 * One rung of the ladder; `bitrate` in bits a second, measured.
 */
export const zRendition = z.object({
    name: z.string(),
    width: z.int(),
    height: z.int(),
    bitrate: z.int().nullable(),
    state: z.enum([
        'queued',
        'encoding',
        'ready',
        'skipped',
        'failed'
    ])
});

/**
 * A reply, or a comment as it stands alone. A deleted one is empty and nobody's.
 */
export const zReply = z.object({
    id: z.uuid(),
    parent_id: z.uuid().nullable(),
    post_id: z.uuid().nullable(),
    video_id: z.uuid().nullable(),
    author: zPerson.nullable(),
    body: z.string(),
    state: z.enum([
        'visible',
        'pending',
        'hidden',
        'deleted'
    ]),
    replies_count: z.int(),
    edited_at: z.iso.datetime({ offset: true }).nullable(),
    created_at: z.iso.datetime({ offset: true })
});

/**
 * A comment with its first replies.
 */
export const zComment = z.object({
    id: z.uuid(),
    parent_id: z.uuid().nullable(),
    post_id: z.uuid().nullable(),
    video_id: z.uuid().nullable(),
    author: zPerson.nullable(),
    body: z.string(),
    state: z.enum([
        'visible',
        'pending',
        'hidden',
        'deleted'
    ]),
    replies_count: z.int(),
    edited_at: z.iso.datetime({ offset: true }).nullable(),
    created_at: z.iso.datetime({ offset: true }),
    replies: z.array(zReply).max(3)
});

/**
 * A page of comments.
 */
export const zCommentList = z.object({
    data: z.array(zComment),
    page: zPage
});

/**
 * A page of comments without their threads.
 */
export const zModerationList = z.object({
    data: z.array(zReply),
    page: zPage
});

/**
 * What the post held.
 */
export const zRevisionContent = z.object({
    title: z.string(),
    slug: z.string(),
    excerpt: z.string(),
    body_markdown: z.string(),
    visibility: z.enum([
        'public',
        'unlisted',
        'organization'
    ]),
    cover_image: z.uuid().nullable(),
    seo: z.record(z.string(), z.union([
        z.string(),
        z.boolean()
    ])),
    tags: z.array(z.string()),
    authors: z.array(z.uuid())
});

/**
 * A revision; `diff` is a unified diff of `body_markdown` against the revision compared with.
 */
export const zRevision = z.object({
    number: z.int(),
    editor: zPerson.nullable(),
    created_at: z.iso.datetime({ offset: true }),
    content: zRevisionContent,
    diff: z.string()
});

/**
 * A save of a post. `number` is the post's revision after it; publishing counts too, so numbers have gaps.
 */
export const zRevisionSummary = z.object({
    number: z.int(),
    editor: zPerson.nullable(),
    created_at: z.iso.datetime({ offset: true })
});

/**
 * A page of revisions.
 */
export const zRevisionList = z.object({
    data: z.array(zRevisionSummary),
    page: zPage
});

/**
 * The new role: at most one's own.
 */
export const zRoleChange = z.object({
    role: z.enum([
        'owner',
        'admin',
        'editor',
        'viewer'
    ])
});

/**
 * When to publish.
 */
export const zSchedule = z.object({
    publish_at: z.iso.datetime({ offset: true })
});

/**
 * What an API key can be limited to. None of them reaches people, keys, accounts or the organization itself.
 */
export const zScope = z.enum([
    'content:read',
    'content:write',
    'jobs:read',
    'jobs:run',
    'events:read'
]);

/**
 * A new key; without `expires_at` it lives until it is revoked or its maker leaves.
 */
export const zApiKeyCreate = z.object({
    name: z.string().min(1).max(120).regex(/^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$/),
    scopes: z.array(zScope).min(1).max(5),
    expires_at: z.iso.datetime({ offset: true }).nullish()
});

/**
 * What the author set (null: nothing), and what follows from all of it for a page's `<meta property>` elements.
 */
export const zSeo = z.object({
    title: z.string().nullable(),
    description: z.string().nullable(),
    canonical_url: z.string().nullable(),
    noindex: z.boolean(),
    og_title: z.string().nullable(),
    og_description: z.string().nullable(),
    og_image_url: z.string().nullable(),
    twitter_title: z.string().nullable(),
    twitter_description: z.string().nullable(),
    twitter_image_url: z.string().nullable(),
    open_graph: z.array(zMeta)
});

/**
 * What search engines and social networks are told instead of title, excerpt and cover.
 */
export const zSeoInput = z.object({
    title: z.string().max(300).nullish(),
    description: z.string().max(500).nullish(),
    canonical_url: z.url().max(2000).nullish(),
    noindex: z.boolean().nullish(),
    og_title: z.string().max(300).nullish(),
    og_description: z.string().max(500).nullish(),
    og_image_url: z.url().max(2000).nullish(),
    twitter_title: z.string().max(300).nullish(),
    twitter_description: z.string().max(500).nullish(),
    twitter_image_url: z.url().max(2000).nullish()
});

/**
 * A JSON merge patch: what is left out stays; a null excerpt is made from the text again, a null cover is none.
 */
export const zPostChange = z.object({
    title: z.string().min(1).max(300).regex(/^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$/).nullish(),
    body_markdown: z.string().max(500000).nullish(),
    excerpt: z.string().max(600).nullish(),
    slug: z.string().max(80).regex(/^[a-z0-9]+(-[a-z0-9]+)*$/).nullish(),
    visibility: z.enum([
        'public',
        'unlisted',
        'organization'
    ]).nullish(),
    tags: z.array(z.string().min(1).max(60)).max(20).nullish(),
    authors: z.array(z.uuid()).max(10).nullish(),
    cover_image: z.uuid().nullish(),
    seo: zSeoInput.nullish()
});

/**
 * A new draft. Tags are named and made where there is none; authors are ids of the team's members, the cover is
 * the id of an image.
 */
export const zPostCreate = z.object({
    title: z.string().min(1).max(300).regex(/^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$/),
    body_markdown: z.string().max(500000).optional().default(''),
    excerpt: z.string().max(600).nullish(),
    slug: z.string().max(80).regex(/^[a-z0-9]+(-[a-z0-9]+)*$/).nullish(),
    visibility: z.enum([
        'public',
        'unlisted',
        'organization'
    ]).optional(),
    tags: z.array(z.string().min(1).max(60)).max(20).optional(),
    authors: z.array(z.uuid()).max(10).nullish(),
    cover_image: z.uuid().nullish(),
    seo: zSeoInput.optional()
});

/**
 * A page of sessions, newest first.
 */
export const zSessionList = z.object({
    data: z.array(zListedSession),
    page: zPage
});

/**
 * Credentials; no rule about passwords here, they may be older than the rule.
 */
export const zSignIn = z.object({
    email: z.string().max(320),
    password: z.string().max(1024)
});

/**
 * Nothing is needed: the access token or the cookie names the session.
 */
export const zSignOut = z.object({
    refresh_token: z.string().max(200).nullish()
});

/**
 * A new account. `invitation_token` from a letter joins the team that invited the address.
 */
export const zSignUp = z.object({
    email: z.email().max(254),
    password: z.string().min(12).max(1024),
    name: z.string().min(1).max(120).regex(/^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$/),
    organization_name: z.string().min(1).max(120).regex(/^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$/).nullish(),
    invitation_token: z.string().max(200).nullish()
});

/**
 * Bytes of original files. `reserved_bytes`: announced by uploads under way. A limit of null is none.
 */
export const zStorageUse = z.object({
    used_bytes: z.int(),
    reserved_bytes: z.int(),
    limit_bytes: z.int().nullable()
});

/**
 * A tag; `posts_count` counts the posts that anybody can find by it.
 */
export const zTag = z.object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    organization: zOrganizationRef,
    posts_count: z.int(),
    created_at: z.iso.datetime({ offset: true })
});

/**
 * A JSON merge patch.
 */
export const zTagChange = z.object({
    name: z.string().min(1).max(60).nullish(),
    slug: z.string().max(80).regex(/^[a-z0-9]+(-[a-z0-9]+)*$/).nullish(),
    description: z.string().max(500).nullish()
});

/**
 * A page of tags.
 */
export const zTagList = z.object({
    data: z.array(zTag),
    page: zPage
});

/**
 * Which tag gets the posts.
 */
export const zTagMerge = z.object({
    into_id: z.uuid()
});

/**
 * A tag of a post.
 */
export const zTagRef = z.object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string()
});

/**
 * A post.
 */
export const zPost = z.object({
    id: z.uuid(),
    slug: z.string(),
    title: z.string(),
    excerpt: z.string(),
    cover_image: zImageShown.nullable(),
    tags: z.array(zTagRef),
    authors: z.array(zPerson),
    organization: zOrganizationRef,
    publication: z.enum([
        'draft',
        'scheduled',
        'published',
        'archived'
    ]),
    visibility: z.enum([
        'public',
        'unlisted',
        'organization'
    ]),
    reading_time_s: z.int(),
    likes_count: z.int(),
    comments_count: z.int(),
    revision: z.int(),
    publish_at: z.iso.datetime({ offset: true }).nullable(),
    published_at: z.iso.datetime({ offset: true }).nullable(),
    created_at: z.iso.datetime({ offset: true }),
    updated_at: z.iso.datetime({ offset: true }),
    body_markdown: z.string(),
    body_html: z.string(),
    seo: zSeo,
    media: z.array(zMedia)
});

/**
 * A post in a list, with what `include` names; `snippet` is HTML around the words of a search (`q`).
 */
export const zPostListed = z.object({
    id: z.uuid(),
    slug: z.string(),
    title: z.string(),
    excerpt: z.string(),
    cover_image: zImageShown.nullable(),
    tags: z.array(zTagRef),
    authors: z.array(zPerson),
    organization: zOrganizationRef,
    publication: z.enum([
        'draft',
        'scheduled',
        'published',
        'archived'
    ]),
    visibility: z.enum([
        'public',
        'unlisted',
        'organization'
    ]),
    reading_time_s: z.int(),
    likes_count: z.int(),
    comments_count: z.int(),
    revision: z.int(),
    publish_at: z.iso.datetime({ offset: true }).nullable(),
    published_at: z.iso.datetime({ offset: true }).nullable(),
    created_at: z.iso.datetime({ offset: true }),
    updated_at: z.iso.datetime({ offset: true }),
    snippet: z.string().nullish(),
    body_markdown: z.string().nullish(),
    body_html: z.string().nullish(),
    seo: zSeo.nullish()
});

/**
 * Some properties of PostListed.
 */
export const zPostPart = z.object({
    id: z.string().optional(),
    slug: z.string().optional(),
    title: z.string().optional(),
    excerpt: z.string().optional(),
    cover_image: zImageShown.nullish(),
    tags: z.array(zTagRef).optional(),
    authors: z.array(zPerson).optional(),
    organization: zOrganizationRef.optional(),
    publication: z.enum([
        'draft',
        'scheduled',
        'published',
        'archived'
    ]).optional(),
    visibility: z.enum([
        'public',
        'unlisted',
        'organization'
    ]).optional(),
    reading_time_s: z.int().optional(),
    likes_count: z.int().optional(),
    comments_count: z.int().optional(),
    revision: z.int().optional(),
    publish_at: z.iso.datetime({ offset: true }).nullish(),
    published_at: z.iso.datetime({ offset: true }).nullish(),
    created_at: z.string().optional(),
    updated_at: z.string().optional(),
    snippet: z.string().nullish(),
    body_markdown: z.string().nullish(),
    body_html: z.string().nullish(),
    seo: zSeo.nullish()
});

/**
 * A page of posts.
 */
export const zPostList = z.object({
    data: z.array(z.union([zPostListed, zPostPart])),
    page: zPage
});

/**
 * Where somebody stands in the team now; `role` is null for who has left it.
 */
export const zTeamEventData = z.object({
    user_id: z.uuid(),
    role: z.enum([
        'owner',
        'admin',
        'editor',
        'viewer'
    ]).nullable(),
    state: z.enum([
        'active',
        'suspended',
        'removed'
    ])
});

/**
 * Somebody joined, left, or has another role.
 */
export const zTeamEvent = z.object({
    id: z.uuid(),
    seq: z.int().gte(1),
    occurred_at: z.iso.datetime({ offset: true }),
    organization_id: z.uuid().nullable(),
    subject: z.string(),
    type: z.literal('team.changed'),
    data: zTeamEventData
});

/**
 * Somebody who works in an organization. `email` only for those who manage its people.
 */
export const zTeamMember = z.object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    avatar_url: z.string().nullable(),
    role: z.enum([
        'owner',
        'admin',
        'editor',
        'viewer'
    ]),
    suspended_at: z.iso.datetime({ offset: true }).nullable(),
    joined_at: z.iso.datetime({ offset: true })
});

/**
 * A page of a team.
 */
export const zTeamList = z.object({
    data: z.array(zTeamMember),
    page: zPage
});

/**
 * An upload. `offset_bytes` are there, durably; `video_id` is empty until the last byte made it a video.
 */
export const zUpload = z.object({
    id: z.uuid(),
    state: z.enum([
        'created',
        'receiving',
        'received',
        'consumed'
    ]),
    filename: z.string().nullable(),
    title: z.string().nullable(),
    size_bytes: z.int().nullable(),
    offset_bytes: z.int(),
    video_id: z.uuid().nullable(),
    expires_at: z.iso.datetime({ offset: true }),
    created_at: z.iso.datetime({ offset: true })
});

/**
 * A page of uploads, newest first.
 */
export const zUploadList = z.object({
    data: z.array(zUpload),
    page: zPage
});

/**
 * Uploads under way.
 */
export const zUploadsUse = z.object({
    used: z.int(),
    limit: z.int().nullable()
});

/**
 * One's own account.
 */
export const zUser = z.object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    slug: z.string(),
    bio: z.string().nullable(),
    avatar_url: z.string().nullable(),
    email_verified: z.boolean(),
    created_at: z.iso.datetime({ offset: true }),
    updated_at: z.iso.datetime({ offset: true })
});

/**
 * A fresh session. `refresh_token` only for clients that asked to get it in the body.
 */
export const zSession = z.object({
    user: zUser,
    organization: zMembership.nullable(),
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int(),
    refresh_token: z.string().nullish()
});

/**
 * Whose letter to send again; the signed-in may leave the address out.
 */
export const zVerificationRequest = z.object({
    email: z.string().max(320).nullish()
});

/**
 * The token of the letter's link.
 */
export const zVerify = z.object({
    token: z.string().max(200)
});

/**
 * A video.
 */
export const zVideo = z.object({
    id: z.uuid(),
    job_id: z.uuid().nullable(),
    title: z.string(),
    description: z.string(),
    organization: zOrganizationRef,
    authors: z.array(zPerson),
    processing: zProcessing,
    publication: z.enum([
        'draft',
        'scheduled',
        'published',
        'archived'
    ]),
    visibility: z.enum([
        'public',
        'unlisted',
        'organization'
    ]),
    duration_s: z.number().nullable(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    fps: z.number().nullable(),
    size_bytes: z.int(),
    poster_url: z.string().nullable(),
    storyboard_url: z.string().nullable(),
    renditions: z.array(zRendition),
    input_issues: z.array(zIssue),
    errors: z.array(zJobError),
    likes_count: z.int(),
    comments_count: z.int(),
    views_count: z.int(),
    revision: z.int(),
    playable_at: z.iso.datetime({ offset: true }).nullable(),
    ready_at: z.iso.datetime({ offset: true }).nullable(),
    publish_at: z.iso.datetime({ offset: true }).nullable(),
    published_at: z.iso.datetime({ offset: true }).nullable(),
    created_at: z.iso.datetime({ offset: true }),
    updated_at: z.iso.datetime({ offset: true })
});

/**
 * A JSON merge patch.
 */
export const zVideoChange = z.object({
    title: z.string().min(1).max(300).regex(/^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$/).nullish(),
    description: z.string().max(20000).nullish(),
    visibility: z.enum([
        'public',
        'unlisted',
        'organization'
    ]).nullish()
});

/**
 * The video as it was then; `state` and `percent` as in its `processing`.
 */
export const zVideoEventData = z.object({
    id: z.uuid(),
    title: z.string(),
    state: z.enum([
        'waiting',
        'probing',
        'preparing',
        'playable',
        'ready',
        'failed',
        'cancelled'
    ]),
    percent: z.int()
});

/**
 * Something happened to a video.
 */
export const zVideoEvent = z.object({
    id: z.uuid(),
    seq: z.int().gte(1),
    occurred_at: z.iso.datetime({ offset: true }),
    organization_id: z.uuid().nullable(),
    subject: z.string(),
    type: z.enum([
        'video.created',
        'video.probed',
        'video.playable',
        'video.ready',
        'video.failed',
        'video.cancelled',
        'video.retried',
        'video.updated',
        'video.scheduled',
        'video.published',
        'video.unpublished',
        'video.archived',
        'video.deleted'
    ]),
    data: zVideoEventData
});

/**
 * A video in a list; `playback` by `include`, `snippet` is HTML around the words of a search (`q`).
 */
export const zVideoListed = z.object({
    id: z.uuid(),
    job_id: z.uuid().nullable(),
    title: z.string(),
    description: z.string(),
    organization: zOrganizationRef,
    authors: z.array(zPerson),
    processing: zProcessing,
    publication: z.enum([
        'draft',
        'scheduled',
        'published',
        'archived'
    ]),
    visibility: z.enum([
        'public',
        'unlisted',
        'organization'
    ]),
    duration_s: z.number().nullable(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    fps: z.number().nullable(),
    size_bytes: z.int(),
    poster_url: z.string().nullable(),
    storyboard_url: z.string().nullable(),
    renditions: z.array(zRendition),
    input_issues: z.array(zIssue),
    errors: z.array(zJobError),
    likes_count: z.int(),
    comments_count: z.int(),
    views_count: z.int(),
    revision: z.int(),
    playable_at: z.iso.datetime({ offset: true }).nullable(),
    ready_at: z.iso.datetime({ offset: true }).nullable(),
    publish_at: z.iso.datetime({ offset: true }).nullable(),
    published_at: z.iso.datetime({ offset: true }).nullable(),
    created_at: z.iso.datetime({ offset: true }),
    updated_at: z.iso.datetime({ offset: true }),
    snippet: z.string().nullish(),
    playback: zPlayback.nullish()
});

/**
 * Some properties of VideoListed.
 */
export const zVideoPart = z.object({
    id: z.string().optional(),
    job_id: z.uuid().nullish(),
    title: z.string().optional(),
    description: z.string().optional(),
    organization: zOrganizationRef.optional(),
    authors: z.array(zPerson).optional(),
    processing: zProcessing.optional(),
    publication: z.enum([
        'draft',
        'scheduled',
        'published',
        'archived'
    ]).optional(),
    visibility: z.enum([
        'public',
        'unlisted',
        'organization'
    ]).optional(),
    duration_s: z.number().nullish(),
    width: z.int().nullish(),
    height: z.int().nullish(),
    fps: z.number().nullish(),
    size_bytes: z.int().optional(),
    poster_url: z.string().nullish(),
    storyboard_url: z.string().nullish(),
    renditions: z.array(zRendition).optional(),
    input_issues: z.array(zIssue).optional(),
    errors: z.array(zJobError).optional(),
    likes_count: z.int().optional(),
    comments_count: z.int().optional(),
    views_count: z.int().optional(),
    revision: z.int().optional(),
    playable_at: z.iso.datetime({ offset: true }).nullish(),
    ready_at: z.iso.datetime({ offset: true }).nullish(),
    publish_at: z.iso.datetime({ offset: true }).nullish(),
    published_at: z.iso.datetime({ offset: true }).nullish(),
    created_at: z.string().optional(),
    updated_at: z.string().optional(),
    snippet: z.string().nullish(),
    playback: zPlayback.nullish()
});

/**
 * A page of videos.
 */
export const zVideoList = z.object({
    data: z.array(z.union([zVideoListed, zVideoPart])),
    page: zPage
});

/**
 * How far the workers are with a video.
 */
export const zVideoProgressData = z.object({
    state: z.enum([
        'waiting',
        'probing',
        'preparing',
        'playable',
        'ready',
        'failed',
        'cancelled'
    ]),
    stage: z.string().nullable(),
    percent: z.int(),
    eta_s: z.int().nullable(),
    queue_position: z.int().nullable(),
    id: z.uuid()
});

/**
 * A tick: some of them are left out, and none is replayed.
 */
export const zVideoProgress = z.object({
    occurred_at: z.iso.datetime({ offset: true }),
    organization_id: z.uuid().nullable(),
    subject: z.string(),
    type: z.literal('video.progress'),
    data: zVideoProgressData
});

/**
 * A live event; `type` tells which. Take what you know, and leave the rest: more types will come.
 */
export const zEvent = z.union([
    zPostEvent,
    zVideoEvent,
    zImageEvent,
    zCommentEvent,
    zJobEvent,
    zOrganizationEvent,
    zTeamEvent,
    zVideoProgress,
    zEventsGap
]);

/**
 * What to make again; the whole body may be left out.
 *
 * `rung`: only what is missing or spoilt of this rendition (`720` or `720p`), of a video that is ready, too; the
 * others play meanwhile. Without it: all that is missing of a video that failed or was cancelled.
 */
export const zVideoRetry = z.object({
    rung: z.string().regex(/^[1-9][0-9]{1,3}$/).nullish()
});

/**
 * What becomes of uploaded videos: the rungs of their ladder, and whether the uploaded file is kept.
 */
export const zVideoSettings = z.object({
    rungs: z.array(z.string()),
    keep_original: z.boolean()
});

/**
 * An organization. `role` is the caller's own in it.
 */
export const zOrganization = z.object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    comments: z.enum([
        'open',
        'moderated',
        'closed'
    ]),
    video: zVideoSettings,
    role: z.enum([
        'owner',
        'admin',
        'editor',
        'viewer'
    ]).nullable(),
    feeds: zFeeds,
    revision: z.int(),
    created_at: z.iso.datetime({ offset: true }),
    updated_at: z.iso.datetime({ offset: true })
});

/**
 * A page of the organizations that one works in.
 */
export const zOrganizationList = z.object({
    data: z.array(zOrganization),
    page: zPage
});

/**
 * What becomes of videos that are uploaded from then on.
 *
 * `rungs` of the ladder by their short side, `720` or `720p` (null: all of them); the source itself is shown besides
 * where it can be. `keep_original` false: the uploaded file is deleted once its video is ready, and its room is free;
 * such a video cannot be processed again.
 */
export const zVideoSettingsChange = z.object({
    rungs: z.array(z.enum([
        '1080',
        '720',
        '480',
        '360',
        '240'
    ])).min(1).max(20).nullish(),
    keep_original: z.boolean().nullish()
});

/**
 * A JSON merge patch: what is left out stays. The address of an earlier slug leads to the present one.
 */
export const zOrganizationChange = z.object({
    name: z.string().min(1).max(120).regex(/^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$/).nullish(),
    slug: z.string().max(80).regex(/^[a-z0-9]+(-[a-z0-9]+)*$/).nullish(),
    description: z.string().max(1000).nullish(),
    comments: z.enum([
        'open',
        'moderated',
        'closed'
    ]).nullish(),
    video: zVideoSettingsChange.nullish()
});

/**
 * Multipart: the file, and a title where its name is none.
 */
export const zVideoUpload = z.object({
    file: z.instanceof(Blob),
    title: z.string().min(1).max(300).regex(/^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$/).nullish()
});

/**
 * Seconds of video.
 */
export const zVideoUse = z.object({
    used_s: z.number(),
    limit_s: z.int().nullable()
});

/**
 * What an organization uses and may use.
 */
export const zUsage = z.object({
    storage: zStorageUse,
    video: zVideoUse,
    uploads: zUploadsUse
});

/**
 * Who may read it once it is published.
 */
export const zVisibility = z.enum([
    'public',
    'unlisted',
    'organization'
]);

/**
 * One wrong place: a JSON pointer into the body, or the name of a parameter.
 */
export const zWrongPlace = z.object({
    pointer: z.string().nullish(),
    parameter: z.string().nullish(),
    detail: z.string(),
    code: z.string()
});

/**
 * RFC 9457: what went wrong, for people and for programs; a 412 of a post says what changed and by whom, and
 * others more.
 */
export const zProblem = z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    request_id: z.string().nullable(),
    errors: z.array(zWrongPlace).optional(),
    current_etag: z.string().nullish(),
    changed_fields: z.array(z.string()).nullish(),
    changed_by: z.record(z.string(), z.string()).nullish()
});

export const zListApiKeysQuery = z.object({
    limit: z.int().gte(1).lte(100).optional().default(20),
    cursor: z.string().max(500).optional()
});

/**
 * OK
 */
export const zListApiKeysResponse = zApiKeyList;

export const zCreateApiKeyBody = zApiKeyCreate;

/**
 * Created
 */
export const zCreateApiKeyResponse = zNewApiKey;

export const zRevokeApiKeyPath = z.object({
    api_key_id: z.uuid()
});

/**
 * No Content
 */
export const zRevokeApiKeyResponse = z.void();

export const zGetApiKeyPath = z.object({
    api_key_id: z.uuid()
});

/**
 * OK
 */
export const zGetApiKeyResponse = zApiKey;

export const zRequestVerificationBody = zVerificationRequest;

/**
 * No Content
 */
export const zRequestVerificationResponse = z.void();

export const zVerifyEmailBody = zVerify;

/**
 * No Content
 */
export const zVerifyEmailResponse = z.void();

export const zChangePasswordBody = zPasswordChange;

/**
 * No Content
 */
export const zChangePasswordResponse = z.void();

export const zForgotPasswordBody = zPasswordForgot;

/**
 * No Content
 */
export const zForgotPasswordResponse = z.void();

export const zResetPasswordBody = zPasswordReset;

/**
 * No Content
 */
export const zResetPasswordResponse = z.void();

export const zRefreshSessionBody = zRefresh;

/**
 * OK
 */
export const zRefreshSessionResponse = zSession;

export const zRevokeSessionsQuery = z.object({
    keep_current: z.boolean().optional().default(false)
});

/**
 * No Content
 */
export const zRevokeSessionsResponse = z.void();

export const zListSessionsQuery = z.object({
    limit: z.int().gte(1).lte(100).optional().default(20),
    cursor: z.string().max(500).optional()
});

/**
 * OK
 */
export const zListSessionsResponse = zSessionList;

export const zRevokeSessionPath = z.object({
    session_id: z.uuid()
});

/**
 * No Content
 */
export const zRevokeSessionResponse = z.void();

export const zSignInBody = zSignIn;

/**
 * OK
 */
export const zSignInResponse = zSession;

export const zSignOutBody = zSignOut;

/**
 * No Content
 */
export const zSignOutResponse = z.void();

export const zSignUpBody = zSignUp;

/**
 * Created
 */
export const zSignUpResponse = zSession;

export const zListCommentsToModerateQuery = z.object({
    limit: z.int().gte(1).lte(100).optional().default(20),
    cursor: z.string().max(500).optional(),
    state: z.enum([
        'visible',
        'pending',
        'hidden'
    ]).optional()
});

/**
 * OK
 */
export const zListCommentsToModerateResponse = zModerationList;

export const zDeleteCommentPath = z.object({
    comment_id: z.uuid()
});

/**
 * No Content
 */
export const zDeleteCommentResponse = z.void();

export const zChangeCommentBody = zCommentChange;

export const zChangeCommentPath = z.object({
    comment_id: z.uuid()
});

/**
 * OK
 */
export const zChangeCommentResponse = zComment;

export const zApproveCommentHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zApproveCommentPath = z.object({
    comment_id: z.uuid()
});

/**
 * OK
 */
export const zApproveCommentResponse = zComment;

export const zHideCommentHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zHideCommentPath = z.object({
    comment_id: z.uuid()
});

/**
 * OK
 */
export const zHideCommentResponse = zComment;

export const zFollowEventsQuery = z.object({
    after: z.string().max(33).regex(/^[0-9]{1,16}(\.[0-9]{1,16})?$/).optional(),
    topics: z.string().max(10000).optional()
});

/**
 * OK
 */
export const zFollowEventsResponse = zEvent;

export const zListImagesQuery = z.object({
    limit: z.int().gte(1).lte(100).optional().default(20),
    cursor: z.string().max(500).optional(),
    q: z.string().min(1).max(200).optional()
});

/**
 * OK
 */
export const zListImagesResponse = zImageList;

export const zUploadImageBody = zImageUpload;

/**
 * Created
 */
export const zUploadImageResponse = zImage;

export const zDeleteImagePath = z.object({
    image_id: z.uuid()
});

/**
 * No Content
 */
export const zDeleteImageResponse = z.void();

export const zGetImagePath = z.object({
    image_id: z.uuid()
});

/**
 * OK
 */
export const zGetImageResponse = zImage;

export const zChangeImageBody = zImageChange;

export const zChangeImagePath = z.object({
    image_id: z.uuid()
});

/**
 * OK
 */
export const zChangeImageResponse = zImage;

export const zAcceptInvitationBody = zInvitationAccept;

export const zAcceptInvitationHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

/**
 * OK
 */
export const zAcceptInvitationResponse = zOrganization;

export const zListJobsQuery = z.object({
    limit: z.int().gte(1).lte(100).optional().default(20),
    cursor: z.string().max(500).optional(),
    state: zJobState.optional(),
    kind: z.string().max(64).optional(),
    subject: z.string().max(80).optional(),
    parent_id: z.uuid().optional(),
    root: z.boolean().optional().default(false)
});

/**
 * OK
 */
export const zListJobsResponse = zJobList;

export const zGetJobPath = z.object({
    job_id: z.uuid()
});

/**
 * OK
 */
export const zGetJobResponse = zJob;

export const zCancelJobHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zCancelJobPath = z.object({
    job_id: z.uuid()
});

/**
 * OK
 */
export const zCancelJobResponse = zJob;

export const zRetryJobHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zRetryJobPath = z.object({
    job_id: z.uuid()
});

/**
 * OK
 */
export const zRetryJobResponse = zJob;

export const zListOrganizationsQuery = z.object({
    limit: z.int().gte(1).lte(100).optional().default(20),
    cursor: z.string().max(500).optional()
});

/**
 * OK
 */
export const zListOrganizationsResponse = zOrganizationList;

export const zCreateOrganizationBody = zOrganizationCreate;

export const zCreateOrganizationHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

/**
 * Created
 */
export const zCreateOrganizationResponse = zOrganization;

export const zDeleteOrganizationPath = z.object({
    slug: z.string()
});

/**
 * No Content
 */
export const zDeleteOrganizationResponse = z.void();

export const zGetOrganizationPath = z.object({
    slug: z.string()
});

/**
 * OK
 */
export const zGetOrganizationResponse = zOrganization;

export const zChangeOrganizationBody = zOrganizationChange;

export const zChangeOrganizationPath = z.object({
    slug: z.string()
});

/**
 * OK
 */
export const zChangeOrganizationResponse = zOrganization;

export const zGetAtomFeedPath = z.object({
    slug: z.string()
});

export const zListAuditEntriesPath = z.object({
    slug: z.string()
});

export const zListAuditEntriesQuery = z.object({
    limit: z.int().gte(1).lte(100).optional().default(20),
    cursor: z.string().max(500).optional(),
    action: zAudited.optional(),
    actor: z.uuid().optional(),
    subject: z.string().max(80).optional()
});

/**
 * OK
 */
export const zListAuditEntriesResponse = zAuditList;

export const zGetJsonFeedPath = z.object({
    slug: z.string()
});

export const zGetRssFeedPath = z.object({
    slug: z.string()
});

export const zListInvitationsPath = z.object({
    slug: z.string()
});

export const zListInvitationsQuery = z.object({
    limit: z.int().gte(1).lte(100).optional().default(20),
    cursor: z.string().max(500).optional()
});

/**
 * OK
 */
export const zListInvitationsResponse = zInvitationList;

export const zInviteToTeamBody = zInvitationCreate;

export const zInviteToTeamHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zInviteToTeamPath = z.object({
    slug: z.string()
});

/**
 * Created
 */
export const zInviteToTeamResponse = zInvitation;

export const zRevokeInvitationPath = z.object({
    slug: z.string(),
    invitation_id: z.uuid()
});

/**
 * No Content
 */
export const zRevokeInvitationResponse = z.void();

export const zLeaveOrganizationHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zLeaveOrganizationPath = z.object({
    slug: z.string()
});

/**
 * OK
 */
export const zLeaveOrganizationResponse = zOrganization;

export const zGetPostByAddressPath = z.object({
    slug: z.string(),
    post_slug: z.string()
});

/**
 * OK
 */
export const zGetPostByAddressResponse = zPost;

export const zGetSitemapPagePath = z.object({
    slug: z.string(),
    number: z.int().gte(0).lte(2147483647)
});

/**
 * OK
 */
export const zGetSitemapPageResponse = z.instanceof(Blob);

export const zGetSitemapPath = z.object({
    slug: z.string()
});

/**
 * OK
 */
export const zGetSitemapResponse = z.instanceof(Blob);

export const zListTeamPath = z.object({
    slug: z.string()
});

export const zListTeamQuery = z.object({
    limit: z.int().gte(1).lte(100).optional().default(20),
    cursor: z.string().max(500).optional()
});

/**
 * OK
 */
export const zListTeamResponse = zTeamList;

export const zRemoveFromTeamPath = z.object({
    slug: z.string(),
    user_id: z.uuid()
});

/**
 * No Content
 */
export const zRemoveFromTeamResponse = z.void();

export const zChangeRoleBody = zRoleChange;

export const zChangeRolePath = z.object({
    slug: z.string(),
    user_id: z.uuid()
});

/**
 * OK
 */
export const zChangeRoleResponse = zTeamMember;

export const zSuspendFromTeamHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zSuspendFromTeamPath = z.object({
    slug: z.string(),
    user_id: z.uuid()
});

/**
 * OK
 */
export const zSuspendFromTeamResponse = zTeamMember;

export const zUnsuspendFromTeamHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zUnsuspendFromTeamPath = z.object({
    slug: z.string(),
    user_id: z.uuid()
});

/**
 * OK
 */
export const zUnsuspendFromTeamResponse = zTeamMember;

export const zTransferOrganizationBody = zOwnershipTransfer;

export const zTransferOrganizationHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zTransferOrganizationPath = z.object({
    slug: z.string()
});

/**
 * OK
 */
export const zTransferOrganizationResponse = zOrganization;

export const zGetUsagePath = z.object({
    slug: z.string()
});

/**
 * OK
 */
export const zGetUsageResponse = zUsage;

export const zListPostsQuery = z.object({
    limit: z.int().gte(1).lte(100).optional().default(20),
    cursor: z.string().max(500).optional(),
    organization: z.string().max(100).optional(),
    publication: zPublication.optional(),
    visibility: zVisibility.optional(),
    q: z.string().min(1).max(200).optional(),
    sort: z.enum([
        'published_at',
        '-published_at',
        'created_at',
        '-created_at',
        'updated_at',
        '-updated_at',
        'title',
        '-title',
        'relevance'
    ]).optional(),
    count: z.boolean().optional().default(false),
    fields: z.string().min(1).max(500).optional(),
    include: z.string().min(1).max(200).optional(),
    author: z.string().max(100).optional(),
    ids: z.string().max(3700).optional(),
    published_after: z.iso.datetime({ offset: true }).optional(),
    published_before: z.iso.datetime({ offset: true }).optional(),
    tag: z.string().max(100).optional()
});

/**
 * OK
 */
export const zListPostsResponse = zPostList;

export const zCreatePostBody = zPostCreate;

export const zCreatePostHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

/**
 * Created
 */
export const zCreatePostResponse = zPost;

export const zDeletePostPath = z.object({
    post_id: z.uuid()
});

/**
 * No Content
 */
export const zDeletePostResponse = z.void();

export const zGetPostPath = z.object({
    post_id: z.uuid()
});

/**
 * OK
 */
export const zGetPostResponse = zPost;

export const zChangePostBody = zPostChange;

export const zChangePostPath = z.object({
    post_id: z.uuid()
});

/**
 * OK
 */
export const zChangePostResponse = zPost;

export const zArchivePostHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zArchivePostPath = z.object({
    post_id: z.uuid()
});

/**
 * OK
 */
export const zArchivePostResponse = zPost;

export const zListPostCommentsPath = z.object({
    post_id: z.uuid()
});

export const zListPostCommentsQuery = z.object({
    limit: z.int().gte(1).lte(100).optional().default(20),
    cursor: z.string().max(500).optional(),
    parent_id: z.uuid().optional()
});

/**
 * OK
 */
export const zListPostCommentsResponse = zCommentList;

export const zCommentOnPostBody = zCommentCreate;

export const zCommentOnPostHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zCommentOnPostPath = z.object({
    post_id: z.uuid()
});

/**
 * Created
 */
export const zCommentOnPostResponse = zComment;

export const zUnlikePostPath = z.object({
    post_id: z.uuid()
});

/**
 * OK
 */
export const zUnlikePostResponse = zLike;

export const zLikePostPath = z.object({
    post_id: z.uuid()
});

/**
 * OK
 */
export const zLikePostResponse = zLike;

export const zPreviewPostHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zPreviewPostPath = z.object({
    post_id: z.uuid()
});

/**
 * OK
 */
export const zPreviewPostResponse = zPreview;

export const zPublishPostHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zPublishPostPath = z.object({
    post_id: z.uuid()
});

/**
 * OK
 */
export const zPublishPostResponse = zPost;

export const zListRevisionsPath = z.object({
    post_id: z.uuid()
});

export const zListRevisionsQuery = z.object({
    limit: z.int().gte(1).lte(100).optional().default(20),
    cursor: z.string().max(500).optional()
});

/**
 * OK
 */
export const zListRevisionsResponse = zRevisionList;

export const zGetRevisionPath = z.object({
    post_id: z.uuid(),
    number: z.int().gte(0).lte(2147483647)
});

export const zGetRevisionQuery = z.object({
    against: z.int().gte(0).lte(2147483647).optional()
});

/**
 * OK
 */
export const zGetRevisionResponse = zRevision;

export const zRestoreRevisionHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zRestoreRevisionPath = z.object({
    post_id: z.uuid(),
    number: z.int().gte(0).lte(2147483647)
});

/**
 * OK
 */
export const zRestoreRevisionResponse = zPost;

export const zSchedulePostBody = zSchedule;

export const zSchedulePostHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zSchedulePostPath = z.object({
    post_id: z.uuid()
});

/**
 * OK
 */
export const zSchedulePostResponse = zPost;

export const zUnpublishPostHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zUnpublishPostPath = z.object({
    post_id: z.uuid()
});

/**
 * OK
 */
export const zUnpublishPostResponse = zPost;

export const zReadPreviewPath = z.object({
    token: z.string()
});

/**
 * OK
 */
export const zReadPreviewResponse = zPost;

export const zListTagsQuery = z.object({
    limit: z.int().gte(1).lte(100).optional().default(20),
    cursor: z.string().max(500).optional(),
    organization: z.string().max(100).optional()
});

/**
 * OK
 */
export const zListTagsResponse = zTagList;

export const zRemoveTagPath = z.object({
    tag_id: z.uuid()
});

/**
 * No Content
 */
export const zRemoveTagResponse = z.void();

export const zChangeTagBody = zTagChange;

export const zChangeTagPath = z.object({
    tag_id: z.uuid()
});

/**
 * OK
 */
export const zChangeTagResponse = zTag;

export const zMergeTagBody = zTagMerge;

export const zMergeTagHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zMergeTagPath = z.object({
    tag_id: z.uuid()
});

/**
 * OK
 */
export const zMergeTagResponse = zTag;

export const zListUploadsQuery = z.object({
    limit: z.int().gte(1).lte(100).optional().default(20),
    cursor: z.string().max(500).optional()
});

/**
 * OK
 */
export const zListUploadsResponse = zUploadList;

/**
 * No Content
 */
export const zGetUploadOptionsResponse = z.void();

export const zBeginUploadBody = z.instanceof(Blob);

export const zBeginUploadHeaders = z.object({
    'Tus-Resumable': z.string().optional(),
    'Upload-Length': z.string().optional(),
    'Upload-Defer-Length': z.string().optional(),
    'Upload-Metadata': z.string().optional(),
    'Upload-Checksum': z.string().optional()
});

export const zCancelUploadHeaders = z.object({
    'Tus-Resumable': z.string().optional()
});

export const zCancelUploadPath = z.object({
    upload_id: z.uuid()
});

/**
 * No Content
 */
export const zCancelUploadResponse = z.void();

export const zGetUploadPath = z.object({
    upload_id: z.uuid()
});

/**
 * OK
 */
export const zGetUploadResponse = zUpload;

export const zSendUploadBytesBody = z.instanceof(Blob);

export const zSendUploadBytesHeaders = z.object({
    'Tus-Resumable': z.string().optional(),
    'Upload-Offset': z.string().optional(),
    'Upload-Length': z.string().optional(),
    'Upload-Checksum': z.string().optional()
});

export const zSendUploadBytesPath = z.object({
    upload_id: z.uuid()
});

/**
 * No Content
 */
export const zSendUploadBytesResponse = z.void();

/**
 * No Content
 */
export const zDeleteMeResponse = z.void();

/**
 * OK
 */
export const zGetMeResponse = zMe;

export const zChangeMeBody = zProfileChange;

/**
 * OK
 */
export const zChangeMeResponse = zMe;

export const zGetProfilePath = z.object({
    slug: z.string()
});

/**
 * OK
 */
export const zGetProfileResponse = zProfile;

export const zListVideosQuery = z.object({
    limit: z.int().gte(1).lte(100).optional().default(20),
    cursor: z.string().max(500).optional(),
    organization: z.string().max(100).optional(),
    publication: zPublication.optional(),
    visibility: zVisibility.optional(),
    q: z.string().min(1).max(200).optional(),
    sort: z.enum([
        'published_at',
        '-published_at',
        'created_at',
        '-created_at',
        'updated_at',
        '-updated_at',
        'title',
        '-title',
        'relevance'
    ]).optional(),
    count: z.boolean().optional().default(false),
    fields: z.string().min(1).max(500).optional(),
    include: z.string().min(1).max(200).optional(),
    author: z.string().max(100).optional(),
    ids: z.string().max(3700).optional(),
    published_after: z.iso.datetime({ offset: true }).optional(),
    published_before: z.iso.datetime({ offset: true }).optional()
});

/**
 * OK
 */
export const zListVideosResponse = zVideoList;

export const zUploadVideoBody = zVideoUpload;

/**
 * Created
 */
export const zUploadVideoResponse = zVideo;

export const zDeleteVideoPath = z.object({
    video_id: z.uuid()
});

/**
 * No Content
 */
export const zDeleteVideoResponse = z.void();

export const zGetVideoPath = z.object({
    video_id: z.uuid()
});

/**
 * OK
 */
export const zGetVideoResponse = zVideo;

export const zChangeVideoBody = zVideoChange;

export const zChangeVideoPath = z.object({
    video_id: z.uuid()
});

/**
 * OK
 */
export const zChangeVideoResponse = zVideo;

export const zArchiveVideoHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zArchiveVideoPath = z.object({
    video_id: z.uuid()
});

/**
 * OK
 */
export const zArchiveVideoResponse = zVideo;

export const zCancelVideoHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zCancelVideoPath = z.object({
    video_id: z.uuid()
});

/**
 * OK
 */
export const zCancelVideoResponse = zVideo;

export const zDeleteCaptionPath = z.object({
    video_id: z.uuid(),
    lang: z.string()
});

/**
 * No Content
 */
export const zDeleteCaptionResponse = z.void();

export const zPutCaptionBody = z.string();

export const zPutCaptionPath = z.object({
    video_id: z.uuid(),
    lang: z.string()
});

export const zPutCaptionQuery = z.object({
    label: z.string().min(1).max(120).regex(/^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$/).optional()
});

/**
 * OK
 */
export const zPutCaptionResponse = zCaption;

export const zListVideoCommentsPath = z.object({
    video_id: z.uuid()
});

export const zListVideoCommentsQuery = z.object({
    limit: z.int().gte(1).lte(100).optional().default(20),
    cursor: z.string().max(500).optional(),
    parent_id: z.uuid().optional()
});

/**
 * OK
 */
export const zListVideoCommentsResponse = zCommentList;

export const zCommentOnVideoBody = zCommentCreate;

export const zCommentOnVideoHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zCommentOnVideoPath = z.object({
    video_id: z.uuid()
});

/**
 * Created
 */
export const zCommentOnVideoResponse = zComment;

export const zUnlikeVideoPath = z.object({
    video_id: z.uuid()
});

/**
 * OK
 */
export const zUnlikeVideoResponse = zLike;

export const zLikeVideoPath = z.object({
    video_id: z.uuid()
});

/**
 * OK
 */
export const zLikeVideoResponse = zLike;

export const zGetPlaybackPath = z.object({
    video_id: z.uuid()
});

/**
 * OK
 */
export const zGetPlaybackResponse = zPlayback;

export const zDeletePosterPath = z.object({
    video_id: z.uuid()
});

/**
 * No Content
 */
export const zDeletePosterResponse = z.void();

export const zPutPosterBody = zPosterUpload;

export const zPutPosterPath = z.object({
    video_id: z.uuid()
});

/**
 * Accepted
 */
export const zPutPosterResponse = zVideo;

export const zPublishVideoHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zPublishVideoPath = z.object({
    video_id: z.uuid()
});

/**
 * OK
 */
export const zPublishVideoResponse = zVideo;

export const zRetryVideoBody = zVideoRetry;

export const zRetryVideoHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zRetryVideoPath = z.object({
    video_id: z.uuid()
});

/**
 * OK
 */
export const zRetryVideoResponse = zVideo;

export const zScheduleVideoBody = zSchedule;

export const zScheduleVideoHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zScheduleVideoPath = z.object({
    video_id: z.uuid()
});

/**
 * OK
 */
export const zScheduleVideoResponse = zVideo;

export const zUnpublishVideoHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zUnpublishVideoPath = z.object({
    video_id: z.uuid()
});

/**
 * OK
 */
export const zUnpublishVideoResponse = zVideo;

export const zRecordViewHeaders = z.object({
    'Idempotency-Key': z.string().min(1).max(255).optional()
});

export const zRecordViewPath = z.object({
    video_id: z.uuid()
});

/**
 * No Content
 */
export const zRecordViewResponse = z.void();

/**
 * OK
 */
export const zGetHealthResponse = zHealth;

/**
 * OK
 */
export const zGetReadinessResponse = zReadiness;
