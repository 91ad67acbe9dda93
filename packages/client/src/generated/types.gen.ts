// Generated from docs/openapi.json: `make client` writes it.

export type ClientOptions = {
    baseUrl: `${string}://${string}` | (string & {});
};

/**
 * A key without its secret.
 */
export type ApiKey = {
    id: string;
    name: string;
    scopes: Array<'content:read' | 'content:write' | 'jobs:read' | 'jobs:run' | 'events:read'>;
    created_by: string;
    created_at: string;
    expires_at: string | null;
    last_used_at: string | null;
};

/**
 * A new key; without `expires_at` it lives until it is revoked or its maker leaves.
 */
export type ApiKeyCreate = {
    name: string;
    scopes: Array<Scope>;
    expires_at?: string | null;
};

/**
 * A page of keys, newest first.
 */
export type ApiKeyList = {
    data: Array<ApiKey>;
    page: Page;
};

/**
 * An audio track of the HLS playlist; `language` is a BCP 47 tag, null where the file names none.
 */
export type AudioTrack = {
    language: string | null;
    label: string;
    default: boolean;
};

/**
 * Who did it; name and slug are null once the account is gone.
 */
export type AuditActor = {
    id: string;
    slug: string | null;
    name: string | null;
};

/**
 * A line of the audit log. Without an actor it was the operator or the system.
 */
export type AuditEntry = {
    id: string;
    action: string;
    actor: AuditActor | null;
    subject: string;
    before: {
        [key: string]: unknown;
    } | null;
    after: {
        [key: string]: unknown;
    } | null;
    address: string | null;
    user_agent: string | null;
    request_id: string | null;
    occurred_at: string;
};

/**
 * A page of the audit log, newest first.
 */
export type AuditList = {
    data: Array<AuditEntry>;
    page: Page;
};

/**
 * Every action that leaves a line.
 */
export type Audited = 'account.created' | 'session.opened' | 'session.refused' | 'session.ended' | 'session.revoked' | 'session.token_reused' | 'account.email_verified' | 'account.password_forgotten' | 'account.password_reset' | 'account.password_changed' | 'account.changed' | 'account.disabled' | 'account.enabled' | 'account.deleted' | 'api_key.created' | 'api_key.revoked' | 'organization.created' | 'organization.changed' | 'organization.transferred' | 'organization.deleted' | 'organization.quota_changed' | 'invitation.created' | 'invitation.revoked' | 'team.joined' | 'team.role_changed' | 'team.suspended' | 'team.unsuspended' | 'team.removed' | 'team.left' | 'post.changed' | 'post.published' | 'post.unpublished' | 'post.scheduled' | 'post.archived' | 'post.deleted' | 'video.changed' | 'video.published' | 'video.unpublished' | 'video.scheduled' | 'video.archived' | 'video.deleted' | 'image.deleted';

/**
 * A caption track.
 */
export type Caption = {
    lang: string;
    label: string;
    url: string;
};

/**
 * A comment with its first replies.
 */
export type Comment = {
    id: string;
    parent_id: string | null;
    post_id: string | null;
    video_id: string | null;
    author: Person | null;
    body: string;
    state: 'visible' | 'pending' | 'hidden' | 'deleted';
    replies_count: number;
    edited_at: string | null;
    created_at: string;
    replies: Array<Reply>;
};

/**
 * A JSON merge patch.
 */
export type CommentChange = {
    body: string;
};

/**
 * What somebody says; with `parent_id` as a reply.
 */
export type CommentCreate = {
    body: string;
    parent_id?: string | null;
};

/**
 * Something happened to a comment; the subject is what it is on.
 */
export type CommentEvent = {
    id: string;
    seq: number;
    occurred_at: string;
    organization_id: string | null;
    subject: string;
    type: 'comment.created' | 'comment.updated' | 'comment.approved' | 'comment.hidden' | 'comment.deleted';
    data: CommentEventData;
};

/**
 * The comment's state, and the post or the video that it is on.
 */
export type CommentEventData = {
    id: string;
    state: 'visible' | 'pending' | 'hidden' | 'deleted';
    post_id?: string | null;
    video_id?: string | null;
};

/**
 * A page of comments.
 */
export type CommentList = {
    data: Array<Comment>;
    page: Page;
};

/**
 * A live event; `type` tells which. Take what you know, and leave the rest: more types will come.
 */
export type Event = PostEvent | VideoEvent | ImageEvent | CommentEvent | JobEvent | OrganizationEvent | TeamEvent | VideoProgress | EventsGap;

/**
 * What was asked for is no longer kept: load the state anew.
 */
export type EventsGap = {
    occurred_at: string;
    organization_id: string | null;
    subject: string;
    type: 'events.gap';
    data: EventsGapData;
};

/**
 * Between these two numbers events are missing.
 */
export type EventsGapData = {
    after: number;
    resumed_after: number;
};

/**
 * An attempt that ended badly.
 */
export type FailedAttempt = {
    attempt: number;
    started_at: string | null;
    ended_at: string;
    error: JobError;
};

/**
 * Addresses of an organization's feeds: its newest public posts. `sitemap` lists all of them.
 */
export type Feeds = {
    rss: string;
    atom: string;
    json_feed: string;
    sitemap: string;
};

/**
 * The process answers.
 */
export type Health = {
    status: 'ok';
};

/**
 * An image. `errors` says why it failed; retry its job, or send another.
 */
export type Image = {
    id: string;
    state: 'processing' | 'ready' | 'failed';
    url: string;
    alt: string;
    width: number;
    height: number;
    variants: Array<ImageVariant>;
    job_id: string | null;
    filename: string | null;
    size_bytes: number;
    errors: Array<{
        [key: string]: string;
    }>;
    created_at: string;
    updated_at: string;
};

/**
 * A JSON merge patch.
 */
export type ImageChange = {
    alt?: string | null;
};

/**
 * Something happened to an image.
 */
export type ImageEvent = {
    id: string;
    seq: number;
    occurred_at: string;
    organization_id: string | null;
    subject: string;
    type: 'image.created' | 'image.ready' | 'image.failed' | 'image.retried' | 'image.updated' | 'image.deleted';
    data: ImageEventData;
};

/**
 * The image as it was then; its measures in pixels.
 */
export type ImageEventData = {
    id: string;
    state: 'processing' | 'ready' | 'failed';
    width: number;
    height: number;
};

/**
 * A page of images.
 */
export type ImageList = {
    data: Array<Image>;
    page: Page;
};

/**
 * An image as pages show it. `url` is good for ever; there is a file behind it once the state is `ready`.
 */
export type ImageShown = {
    id: string;
    state: 'processing' | 'ready' | 'failed';
    url: string;
    alt: string;
    width: number;
    height: number;
    variants: Array<ImageVariant>;
};

/**
 * Multipart: the file, and what it shows for those who do not see it.
 */
export type ImageUpload = {
    file: Blob | File;
    alt?: string | null;
};

/**
 * A narrower file of the same picture, as WebP.
 */
export type ImageVariant = {
    url: string;
    width: number;
};

/**
 * An invitation that nobody has accepted; inviting the address again sends a new link.
 */
export type Invitation = {
    id: string;
    email: string;
    role: 'owner' | 'admin' | 'editor' | 'viewer';
    invited_by: Person | null;
    created_at: string;
    expires_at: string;
};

/**
 * What the letter's link carries behind `#token=`.
 */
export type InvitationAccept = {
    token: string;
};

/**
 * Whom to invite, as what.
 */
export type InvitationCreate = {
    role: 'owner' | 'admin' | 'editor' | 'viewer';
    email: string;
};

/**
 * A page of invitations.
 */
export type InvitationList = {
    data: Array<Invitation>;
    page: Page;
};

/**
 * Why the source could not be used as it is.
 */
export type Issue = {
    code: string;
    detail: string;
    hint: string;
};

/**
 * A unit of background work.
 *
 * `children` counts the parts of a parent by state, `failures` are the attempts that ended badly. `eta_s` is a guess
 * from the pace so far, `queue_position` the place among those that wait to begin, counted from 1.
 */
export type Job = {
    id: string;
    kind: string;
    queue: 'light' | 'heavy';
    state: 'queued' | 'running' | 'succeeded' | 'failed' | 'dead' | 'cancelled';
    attempt: number;
    max_attempts: number;
    progress: number;
    eta_s: number | null;
    queue_position: number | null;
    error: JobError | null;
    failures: Array<FailedAttempt>;
    subject: string | null;
    parent_id: string | null;
    children: {
        [key: string]: number;
    };
    run_at: string;
    created_at: string;
    started_at: string | null;
    finished_at: string | null;
};

/**
 * Why an attempt failed: `input` will fail again, `transient` may pass, `internal` is ours.
 */
export type JobError = {
    code: string;
    class: 'input' | 'transient' | 'internal';
    detail: string;
    hint: string;
    stage: string;
};

/**
 * A job ended, or was queued again; the parts of a job make no events.
 */
export type JobEvent = {
    id: string;
    seq: number;
    occurred_at: string;
    organization_id: string | null;
    subject: string;
    type: 'job.succeeded' | 'job.failed' | 'job.dead' | 'job.cancelled' | 'job.retried';
    data: JobEventData;
};

/**
 * The job as it was then.
 */
export type JobEventData = {
    id: string;
    kind: string;
    subject: string | null;
    state: 'queued' | 'succeeded' | 'failed' | 'dead' | 'cancelled';
    error: JobError | null;
};

/**
 * A page of jobs.
 */
export type JobList = {
    data: Array<Job>;
    page: Page;
};

/**
 * `failed`: bad input, not retried by itself; `dead`: attempts spent.
 */
export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'dead' | 'cancelled';

/**
 * Whether you like it, and how many people do.
 */
export type Like = {
    liked: boolean;
    likes_count: number;
};

/**
 * Where one is signed in. `last_used_at` moves when the session is refreshed, so within ten minutes.
 */
export type ListedSession = {
    id: string;
    device: string;
    user_agent: string | null;
    address: string | null;
    created_at: string;
    last_used_at: string;
    expires_at: string;
    current: boolean;
};

/**
 * One's own account with the organizations that one works in.
 */
export type Me = {
    id: string;
    email: string;
    name: string;
    slug: string;
    bio: string | null;
    avatar_url: string | null;
    email_verified: boolean;
    created_at: string;
    updated_at: string;
    organizations: Array<Membership>;
};

/**
 * A video that the text embeds, with what a player needs; `playback` is null until it can be played.
 */
export type Media = {
    type: 'video';
    id: string;
    title: string;
    duration_s: number | null;
    width: number | null;
    height: number | null;
    playback: Playback | null;
};

/**
 * An organization that one works in.
 */
export type Membership = {
    id: string;
    slug: string;
    name: string;
    role: 'owner' | 'admin' | 'editor' | 'viewer';
};

/**
 * One `<meta>` element.
 */
export type Meta = {
    property: string;
    content: string;
};

/**
 * A page of comments without their threads.
 */
export type ModerationList = {
    data: Array<Reply>;
    page: Page;
};

/**
 * The answer to making one: `key` is shown this once.
 */
export type NewApiKey = {
    id: string;
    name: string;
    scopes: Array<'content:read' | 'content:write' | 'jobs:read' | 'jobs:run' | 'events:read'>;
    created_by: string;
    created_at: string;
    expires_at: string | null;
    last_used_at: string | null;
    key: string;
};

/**
 * An organization. `role` is the caller's own in it.
 */
export type Organization = {
    id: string;
    slug: string;
    name: string;
    description: string | null;
    comments: 'open' | 'moderated' | 'closed';
    video: VideoSettings;
    role: 'owner' | 'admin' | 'editor' | 'viewer' | null;
    feeds: Feeds;
    revision: number;
    created_at: string;
    updated_at: string;
};

/**
 * A JSON merge patch: what is left out stays. The address of an earlier slug leads to the present one.
 */
export type OrganizationChange = {
    name?: string | null;
    slug?: string | null;
    description?: string | null;
    comments?: 'open' | 'moderated' | 'closed' | null;
    video?: VideoSettingsChange | null;
};

/**
 * A new organization; without a slug it gets one made from its name.
 */
export type OrganizationCreate = {
    name: string;
    slug?: string | null;
};

/**
 * Something happened to the organization itself.
 */
export type OrganizationEvent = {
    id: string;
    seq: number;
    occurred_at: string;
    organization_id: string | null;
    subject: string;
    type: 'organization.updated' | 'organization.deleted';
    data: OrganizationEventData;
};

/**
 * The organization as it was then.
 */
export type OrganizationEventData = {
    id: string;
    slug: string;
    name: string;
};

/**
 * A page of the organizations that one works in.
 */
export type OrganizationList = {
    data: Array<Organization>;
    page: Page;
};

/**
 * The organization that owns something.
 */
export type OrganizationRef = {
    slug: string;
    name: string;
};

/**
 * Who of the team is to own the organization.
 */
export type OwnershipTransfer = {
    new_owner_id: string;
};

/**
 * Where the pages before and after begin; `total` counts all rows where `count=true` asked for it.
 */
export type Page = {
    next_cursor: string | null;
    prev_cursor: string | null;
    total?: number | null;
};

/**
 * The password as it is and as it shall be.
 */
export type PasswordChange = {
    current_password: string;
    new_password: string;
};

/**
 * The account's address.
 */
export type PasswordForgot = {
    email: string;
};

/**
 * The token of the letter's link, and the new password.
 */
export type PasswordReset = {
    token: string;
    password: string;
};

/**
 * An author.
 */
export type Person = {
    id: string;
    slug: string;
    name: string;
    avatar_url: string | null;
};

/**
 * What a player needs; `expires_at` is null for public videos.
 *
 * `mp4_url` is there once the video is ready. The file is made for the first who asks: until then the address answers
 * 503 (`mp4_being_made`) with `Retry-After`, so ask again after that (`curl --retry 20`; in a page, set the `src` of
 * the `<video>` again when it tells an error).
 */
export type Playback = {
    hls_url: string;
    mp4_url: string | null;
    poster_url: string | null;
    storyboard_url: string | null;
    captions: Array<Caption>;
    audio_tracks: Array<AudioTrack>;
    expires_at: string | null;
};

/**
 * A post.
 */
export type Post = {
    id: string;
    slug: string;
    title: string;
    excerpt: string;
    cover_image: ImageShown | null;
    tags: Array<TagRef>;
    authors: Array<Person>;
    organization: OrganizationRef;
    publication: 'draft' | 'scheduled' | 'published' | 'archived';
    visibility: 'public' | 'unlisted' | 'organization';
    reading_time_s: number;
    likes_count: number;
    comments_count: number;
    revision: number;
    publish_at: string | null;
    published_at: string | null;
    created_at: string;
    updated_at: string;
    body_markdown: string;
    body_html: string;
    seo: Seo;
    media: Array<Media>;
};

/**
 * A JSON merge patch: what is left out stays; a null excerpt is made from the text again, a null cover is none.
 */
export type PostChange = {
    title?: string | null;
    body_markdown?: string | null;
    excerpt?: string | null;
    slug?: string | null;
    visibility?: 'public' | 'unlisted' | 'organization' | null;
    tags?: Array<string> | null;
    authors?: Array<string> | null;
    cover_image?: string | null;
    seo?: SeoInput | null;
};

/**
 * A new draft. Tags are named and made where there is none; authors are ids of the team's members, the cover is
 * the id of an image.
 */
export type PostCreate = {
    title: string;
    body_markdown?: string;
    excerpt?: string | null;
    slug?: string | null;
    visibility?: 'public' | 'unlisted' | 'organization';
    tags?: Array<string>;
    authors?: Array<string> | null;
    cover_image?: string | null;
    seo?: SeoInput;
};

/**
 * Something happened to a post.
 */
export type PostEvent = {
    id: string;
    seq: number;
    occurred_at: string;
    organization_id: string | null;
    subject: string;
    type: 'post.created' | 'post.updated' | 'post.scheduled' | 'post.published' | 'post.unpublished' | 'post.archived' | 'post.deleted';
    data: PostEventData;
};

/**
 * The post as it was then.
 */
export type PostEventData = {
    id: string;
    slug: string;
    title: string;
    publication: 'draft' | 'scheduled' | 'published' | 'archived';
};

/**
 * A page of posts.
 */
export type PostList = {
    data: Array<PostListed | PostPart>;
    page: Page;
};

/**
 * A post in a list, with what `include` names; `snippet` is HTML around the words of a search (`q`).
 */
export type PostListed = {
    id: string;
    slug: string;
    title: string;
    excerpt: string;
    cover_image: ImageShown | null;
    tags: Array<TagRef>;
    authors: Array<Person>;
    organization: OrganizationRef;
    publication: 'draft' | 'scheduled' | 'published' | 'archived';
    visibility: 'public' | 'unlisted' | 'organization';
    reading_time_s: number;
    likes_count: number;
    comments_count: number;
    revision: number;
    publish_at: string | null;
    published_at: string | null;
    created_at: string;
    updated_at: string;
    snippet?: string | null;
    body_markdown?: string | null;
    body_html?: string | null;
    seo?: Seo | null;
};

/**
 * Some properties of PostListed.
 */
export type PostPart = {
    id?: string;
    slug?: string;
    title?: string;
    excerpt?: string;
    cover_image?: ImageShown | null;
    tags?: Array<TagRef>;
    authors?: Array<Person>;
    organization?: OrganizationRef;
    publication?: 'draft' | 'scheduled' | 'published' | 'archived';
    visibility?: 'public' | 'unlisted' | 'organization';
    reading_time_s?: number;
    likes_count?: number;
    comments_count?: number;
    revision?: number;
    publish_at?: string | null;
    published_at?: string | null;
    created_at?: string;
    updated_at?: string;
    snippet?: string | null;
    body_markdown?: string | null;
    body_html?: string | null;
    seo?: Seo | null;
};

/**
 * Multipart: the picture, as JPEG, PNG, WebP, GIF or AVIF.
 */
export type PosterUpload = {
    file: Blob | File;
};

/**
 * Whoever has the address reads the post as it stands, until then.
 */
export type Preview = {
    url: string;
    expires_at: string;
};

/**
 * RFC 9457: what went wrong, for people and for programs; a 412 of a post says what changed and by whom, and
 * others more.
 */
export type Problem = {
    type: string;
    title: string;
    status: number;
    detail: string;
    instance: string;
    code: string;
    request_id: string | null;
    errors?: Array<WrongPlace>;
    current_etag?: string | null;
    changed_fields?: Array<string> | null;
    changed_by?: {
        [key: string]: string;
    } | null;
    [key: string]: unknown;
};

/**
 * How far the workers are. `percent` only rises; `eta_s` is a guess from the pace up to the last progress.
 */
export type Processing = {
    state: 'waiting' | 'probing' | 'preparing' | 'playable' | 'ready' | 'failed' | 'cancelled';
    stage: string | null;
    percent: number;
    eta_s: number | null;
    queue_position: number | null;
};

/**
 * An author as everybody sees them.
 */
export type Profile = {
    id: string;
    slug: string;
    name: string;
    avatar_url: string | null;
    bio: string | null;
};

/**
 * A merge patch of one's own profile.
 */
export type ProfileChange = {
    name?: string | null;
    bio?: string | null;
    avatar_url?: string | null;
};

/**
 * Where something stands on its way to readers.
 */
export type Publication = 'draft' | 'scheduled' | 'published' | 'archived';

/**
 * Every part. `degraded`: without Redis, when writes still succeed and work waits; or with so little space on the
 * storage that uploads are refused.
 */
export type Readiness = {
    status: 'ok' | 'degraded' | 'unavailable';
    database: boolean;
    migrations: boolean;
    redis: boolean;
    workers: number;
    jail: string;
    storage: 'ok' | 'low';
};

/**
 * Native clients send the token here; browsers send the cookie and an empty object.
 */
export type Refresh = {
    refresh_token?: string | null;
};

/**
 * One rung of the ladder; `bitrate` in bits a second, measured.
 */
export type Rendition = {
    name: string;
    width: number;
    height: number;
    bitrate: number | null;
    state: 'queued' | 'encoding' | 'ready' | 'skipped' | 'failed';
};

/**
 * A reply, or a comment as it stands alone. A deleted one is empty and nobody's.
 */
export type Reply = {
    id: string;
    parent_id: string | null;
    post_id: string | null;
    video_id: string | null;
    author: Person | null;
    body: string;
    state: 'visible' | 'pending' | 'hidden' | 'deleted';
    replies_count: number;
    edited_at: string | null;
    created_at: string;
};

/**
 * A revision; `diff` is a unified diff of `body_markdown` against the revision compared with.
 */
export type Revision = {
    number: number;
    editor: Person | null;
    created_at: string;
    content: RevisionContent;
    diff: string;
};

/**
 * What the post held.
 */
export type RevisionContent = {
    title: string;
    slug: string;
    excerpt: string;
    body_markdown: string;
    visibility: 'public' | 'unlisted' | 'organization';
    cover_image: string | null;
    seo: {
        [key: string]: string | boolean;
    };
    tags: Array<string>;
    authors: Array<string>;
};

/**
 * A page of revisions.
 */
export type RevisionList = {
    data: Array<RevisionSummary>;
    page: Page;
};

/**
 * A save of a post. `number` is the post's revision after it; publishing counts too, so numbers have gaps.
 */
export type RevisionSummary = {
    number: number;
    editor: Person | null;
    created_at: string;
};

/**
 * The new role: at most one's own.
 */
export type RoleChange = {
    role: 'owner' | 'admin' | 'editor' | 'viewer';
};

/**
 * When to publish.
 */
export type Schedule = {
    publish_at: string;
};

/**
 * What an API key can be limited to. None of them reaches people, keys, accounts or the organization itself.
 */
export type Scope = 'content:read' | 'content:write' | 'jobs:read' | 'jobs:run' | 'events:read';

/**
 * What the author set (null: nothing), and what follows from all of it for a page's `<meta property>` elements.
 */
export type Seo = {
    title: string | null;
    description: string | null;
    canonical_url: string | null;
    noindex: boolean;
    og_title: string | null;
    og_description: string | null;
    og_image_url: string | null;
    twitter_title: string | null;
    twitter_description: string | null;
    twitter_image_url: string | null;
    open_graph: Array<Meta>;
};

/**
 * What search engines and social networks are told instead of title, excerpt and cover.
 */
export type SeoInput = {
    title?: string | null;
    description?: string | null;
    canonical_url?: string | null;
    noindex?: boolean | null;
    og_title?: string | null;
    og_description?: string | null;
    og_image_url?: string | null;
    twitter_title?: string | null;
    twitter_description?: string | null;
    twitter_image_url?: string | null;
};

/**
 * A fresh session. `refresh_token` only for clients that asked to get it in the body.
 */
export type Session = {
    user: User;
    organization: Membership | null;
    access_token: string;
    token_type: 'Bearer';
    expires_in: number;
    refresh_token?: string | null;
};

/**
 * A page of sessions, newest first.
 */
export type SessionList = {
    data: Array<ListedSession>;
    page: Page;
};

/**
 * Credentials; no rule about passwords here, they may be older than the rule.
 */
export type SignIn = {
    email: string;
    password: string;
};

/**
 * Nothing is needed: the access token or the cookie names the session.
 */
export type SignOut = {
    refresh_token?: string | null;
};

/**
 * A new account. `invitation_token` from a letter joins the team that invited the address.
 */
export type SignUp = {
    email: string;
    password: string;
    name: string;
    organization_name?: string | null;
    invitation_token?: string | null;
};

/**
 * Bytes of original files. `reserved_bytes`: announced by uploads under way. A limit of null is none.
 */
export type StorageUse = {
    used_bytes: number;
    reserved_bytes: number;
    limit_bytes: number | null;
};

/**
 * A tag; `posts_count` counts the posts that anybody can find by it.
 */
export type Tag = {
    id: string;
    slug: string;
    name: string;
    description: string;
    organization: OrganizationRef;
    posts_count: number;
    created_at: string;
};

/**
 * A JSON merge patch.
 */
export type TagChange = {
    name?: string | null;
    slug?: string | null;
    description?: string | null;
};

/**
 * A page of tags.
 */
export type TagList = {
    data: Array<Tag>;
    page: Page;
};

/**
 * Which tag gets the posts.
 */
export type TagMerge = {
    into_id: string;
};

/**
 * A tag of a post.
 */
export type TagRef = {
    id: string;
    slug: string;
    name: string;
};

/**
 * Somebody joined, left, or has another role.
 */
export type TeamEvent = {
    id: string;
    seq: number;
    occurred_at: string;
    organization_id: string | null;
    subject: string;
    type: 'team.changed';
    data: TeamEventData;
};

/**
 * Where somebody stands in the team now; `role` is null for who has left it.
 */
export type TeamEventData = {
    user_id: string;
    role: 'owner' | 'admin' | 'editor' | 'viewer' | null;
    state: 'active' | 'suspended' | 'removed';
};

/**
 * A page of a team.
 */
export type TeamList = {
    data: Array<TeamMember>;
    page: Page;
};

/**
 * Somebody who works in an organization. `email` only for those who manage its people.
 */
export type TeamMember = {
    id: string;
    slug: string;
    name: string;
    email: string | null;
    avatar_url: string | null;
    role: 'owner' | 'admin' | 'editor' | 'viewer';
    suspended_at: string | null;
    joined_at: string;
};

/**
 * An upload. `offset_bytes` are there, durably; `video_id` is empty until the last byte made it a video.
 */
export type Upload = {
    id: string;
    state: 'created' | 'receiving' | 'received' | 'consumed';
    filename: string | null;
    title: string | null;
    size_bytes: number | null;
    offset_bytes: number;
    video_id: string | null;
    expires_at: string;
    created_at: string;
};

/**
 * A page of uploads, newest first.
 */
export type UploadList = {
    data: Array<Upload>;
    page: Page;
};

/**
 * Uploads under way.
 */
export type UploadsUse = {
    used: number;
    limit: number | null;
};

/**
 * What an organization uses and may use.
 */
export type Usage = {
    storage: StorageUse;
    video: VideoUse;
    uploads: UploadsUse;
};

/**
 * One's own account.
 */
export type User = {
    id: string;
    email: string;
    name: string;
    slug: string;
    bio: string | null;
    avatar_url: string | null;
    email_verified: boolean;
    created_at: string;
    updated_at: string;
};

/**
 * Whose letter to send again; the signed-in may leave the address out.
 */
export type VerificationRequest = {
    email?: string | null;
};

/**
 * The token of the letter's link.
 */
export type Verify = {
    token: string;
};

/**
 * A video.
 */
export type Video = {
    id: string;
    job_id: string | null;
    title: string;
    description: string;
    organization: OrganizationRef;
    authors: Array<Person>;
    processing: Processing;
    publication: 'draft' | 'scheduled' | 'published' | 'archived';
    visibility: 'public' | 'unlisted' | 'organization';
    duration_s: number | null;
    width: number | null;
    height: number | null;
    fps: number | null;
    size_bytes: number;
    poster_url: string | null;
    storyboard_url: string | null;
    renditions: Array<Rendition>;
    input_issues: Array<Issue>;
    errors: Array<JobError>;
    likes_count: number;
    comments_count: number;
    views_count: number;
    revision: number;
    playable_at: string | null;
    ready_at: string | null;
    publish_at: string | null;
    published_at: string | null;
    created_at: string;
    updated_at: string;
};

/**
 * A JSON merge patch.
 */
export type VideoChange = {
    title?: string | null;
    description?: string | null;
    visibility?: 'public' | 'unlisted' | 'organization' | null;
};

/**
 * Something happened to a video.
 */
export type VideoEvent = {
    id: string;
    seq: number;
    occurred_at: string;
    organization_id: string | null;
    subject: string;
    type: 'video.created' | 'video.probed' | 'video.playable' | 'video.ready' | 'video.failed' | 'video.cancelled' | 'video.retried' | 'video.updated' | 'video.scheduled' | 'video.published' | 'video.unpublished' | 'video.archived' | 'video.deleted';
    data: VideoEventData;
};

/**
 * The video as it was then; `state` and `percent` as in its `processing`.
 */
export type VideoEventData = {
    id: string;
    title: string;
    state: 'waiting' | 'probing' | 'preparing' | 'playable' | 'ready' | 'failed' | 'cancelled';
    percent: number;
};

/**
 * A page of videos.
 */
export type VideoList = {
    data: Array<VideoListed | VideoPart>;
    page: Page;
};

/**
 * A video in a list; `playback` by `include`, `snippet` is HTML around the words of a search (`q`).
 */
export type VideoListed = {
    id: string;
    job_id: string | null;
    title: string;
    description: string;
    organization: OrganizationRef;
    authors: Array<Person>;
    processing: Processing;
    publication: 'draft' | 'scheduled' | 'published' | 'archived';
    visibility: 'public' | 'unlisted' | 'organization';
    duration_s: number | null;
    width: number | null;
    height: number | null;
    fps: number | null;
    size_bytes: number;
    poster_url: string | null;
    storyboard_url: string | null;
    renditions: Array<Rendition>;
    input_issues: Array<Issue>;
    errors: Array<JobError>;
    likes_count: number;
    comments_count: number;
    views_count: number;
    revision: number;
    playable_at: string | null;
    ready_at: string | null;
    publish_at: string | null;
    published_at: string | null;
    created_at: string;
    updated_at: string;
    snippet?: string | null;
    playback?: Playback | null;
};

/**
 * Some properties of VideoListed.
 */
export type VideoPart = {
    id?: string;
    job_id?: string | null;
    title?: string;
    description?: string;
    organization?: OrganizationRef;
    authors?: Array<Person>;
    processing?: Processing;
    publication?: 'draft' | 'scheduled' | 'published' | 'archived';
    visibility?: 'public' | 'unlisted' | 'organization';
    duration_s?: number | null;
    width?: number | null;
    height?: number | null;
    fps?: number | null;
    size_bytes?: number;
    poster_url?: string | null;
    storyboard_url?: string | null;
    renditions?: Array<Rendition>;
    input_issues?: Array<Issue>;
    errors?: Array<JobError>;
    likes_count?: number;
    comments_count?: number;
    views_count?: number;
    revision?: number;
    playable_at?: string | null;
    ready_at?: string | null;
    publish_at?: string | null;
    published_at?: string | null;
    created_at?: string;
    updated_at?: string;
    snippet?: string | null;
    playback?: Playback | null;
};

/**
 * A tick: some of them are left out, and none is replayed.
 */
export type VideoProgress = {
    occurred_at: string;
    organization_id: string | null;
    subject: string;
    type: 'video.progress';
    data: VideoProgressData;
};

/**
 * How far the workers are with a video.
 */
export type VideoProgressData = {
    state: 'waiting' | 'probing' | 'preparing' | 'playable' | 'ready' | 'failed' | 'cancelled';
    stage: string | null;
    percent: number;
    eta_s: number | null;
    queue_position: number | null;
    id: string;
};

/**
 * What to make again; the whole body may be left out.
 *
 * `rung`: only what is missing or spoilt of this rendition (`720` or `720p`), of a video that is ready, too; the
 * others play meanwhile. Without it: all that is missing of a video that failed or was cancelled.
 */
export type VideoRetry = {
    rung?: string | null;
};

/**
 * What becomes of uploaded videos: the rungs of their ladder, and whether the uploaded file is kept.
 */
export type VideoSettings = {
    rungs: Array<string>;
    keep_original: boolean;
};

/**
 * What becomes of videos that are uploaded from then on.
 *
 * `rungs` of the ladder by their short side, `720` or `720p` (null: all of them); the source itself is shown besides
 * where it can be. `keep_original` false: the uploaded file is deleted once its video is ready, and its room is free;
 * such a video cannot be processed again.
 */
export type VideoSettingsChange = {
    rungs?: Array<'1080' | '720' | '480' | '360' | '240'> | null;
    keep_original?: boolean | null;
};

/**
 * Multipart: the file, and a title where its name is none.
 */
export type VideoUpload = {
    file: Blob | File;
    title?: string | null;
};

/**
 * Seconds of video.
 */
export type VideoUse = {
    used_s: number;
    limit_s: number | null;
};

/**
 * Who may read it once it is published.
 */
export type Visibility = 'public' | 'unlisted' | 'organization';

/**
 * One wrong place: a JSON pointer into the body, or the name of a parameter.
 */
export type WrongPlace = {
    pointer?: string | null;
    parameter?: string | null;
    detail: string;
    code: string;
};

export type ListApiKeysData = {
    body?: never;
    path?: never;
    query?: {
        limit?: number;
        cursor?: string;
    };
    url: '/api/v1/api-keys';
};

export type ListApiKeysErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ListApiKeysError = ListApiKeysErrors[keyof ListApiKeysErrors];

export type ListApiKeysResponses = {
    /**
     * OK
     */
    200: ApiKeyList;
};

export type ListApiKeysResponse = ListApiKeysResponses[keyof ListApiKeysResponses];

export type CreateApiKeyData = {
    body: ApiKeyCreate;
    path?: never;
    query?: never;
    url: '/api/v1/api-keys';
};

export type CreateApiKeyErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type CreateApiKeyError = CreateApiKeyErrors[keyof CreateApiKeyErrors];

export type CreateApiKeyResponses = {
    /**
     * Created
     */
    201: NewApiKey;
};

export type CreateApiKeyResponse = CreateApiKeyResponses[keyof CreateApiKeyResponses];

export type RevokeApiKeyData = {
    body?: never;
    path: {
        api_key_id: string;
    };
    query?: never;
    url: '/api/v1/api-keys/{api_key_id}';
};

export type RevokeApiKeyErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type RevokeApiKeyError = RevokeApiKeyErrors[keyof RevokeApiKeyErrors];

export type RevokeApiKeyResponses = {
    /**
     * No Content
     */
    204: void;
};

export type RevokeApiKeyResponse = RevokeApiKeyResponses[keyof RevokeApiKeyResponses];

export type GetApiKeyData = {
    body?: never;
    path: {
        api_key_id: string;
    };
    query?: never;
    url: '/api/v1/api-keys/{api_key_id}';
};

export type GetApiKeyErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetApiKeyError = GetApiKeyErrors[keyof GetApiKeyErrors];

export type GetApiKeyResponses = {
    /**
     * OK
     */
    200: ApiKey;
};

export type GetApiKeyResponse = GetApiKeyResponses[keyof GetApiKeyResponses];

export type RequestVerificationData = {
    body: VerificationRequest;
    path?: never;
    query?: never;
    url: '/api/v1/auth/email/verification';
};

export type RequestVerificationErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type RequestVerificationError = RequestVerificationErrors[keyof RequestVerificationErrors];

export type RequestVerificationResponses = {
    /**
     * No Content
     */
    204: void;
};

export type RequestVerificationResponse = RequestVerificationResponses[keyof RequestVerificationResponses];

export type VerifyEmailData = {
    body: Verify;
    path?: never;
    query?: never;
    url: '/api/v1/auth/email/verify';
};

export type VerifyEmailErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type VerifyEmailError = VerifyEmailErrors[keyof VerifyEmailErrors];

export type VerifyEmailResponses = {
    /**
     * No Content
     */
    204: void;
};

export type VerifyEmailResponse = VerifyEmailResponses[keyof VerifyEmailResponses];

export type ChangePasswordData = {
    body: PasswordChange;
    path?: never;
    query?: never;
    url: '/api/v1/auth/password/change';
};

export type ChangePasswordErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ChangePasswordError = ChangePasswordErrors[keyof ChangePasswordErrors];

export type ChangePasswordResponses = {
    /**
     * No Content
     */
    204: void;
};

export type ChangePasswordResponse = ChangePasswordResponses[keyof ChangePasswordResponses];

export type ForgotPasswordData = {
    body: PasswordForgot;
    path?: never;
    query?: never;
    url: '/api/v1/auth/password/forgot';
};

export type ForgotPasswordErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ForgotPasswordError = ForgotPasswordErrors[keyof ForgotPasswordErrors];

export type ForgotPasswordResponses = {
    /**
     * No Content
     */
    204: void;
};

export type ForgotPasswordResponse = ForgotPasswordResponses[keyof ForgotPasswordResponses];

export type ResetPasswordData = {
    body: PasswordReset;
    path?: never;
    query?: never;
    url: '/api/v1/auth/password/reset';
};

export type ResetPasswordErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ResetPasswordError = ResetPasswordErrors[keyof ResetPasswordErrors];

export type ResetPasswordResponses = {
    /**
     * No Content
     */
    204: void;
};

export type ResetPasswordResponse = ResetPasswordResponses[keyof ResetPasswordResponses];

export type RefreshSessionData = {
    body: Refresh;
    path?: never;
    query?: never;
    url: '/api/v1/auth/refresh';
};

export type RefreshSessionErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type RefreshSessionError = RefreshSessionErrors[keyof RefreshSessionErrors];

export type RefreshSessionResponses = {
    /**
     * OK
     */
    200: Session;
};

export type RefreshSessionResponse = RefreshSessionResponses[keyof RefreshSessionResponses];

export type RevokeSessionsData = {
    body?: never;
    path?: never;
    query?: {
        keep_current?: boolean;
    };
    url: '/api/v1/auth/sessions';
};

export type RevokeSessionsErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type RevokeSessionsError = RevokeSessionsErrors[keyof RevokeSessionsErrors];

export type RevokeSessionsResponses = {
    /**
     * No Content
     */
    204: void;
};

export type RevokeSessionsResponse = RevokeSessionsResponses[keyof RevokeSessionsResponses];

export type ListSessionsData = {
    body?: never;
    path?: never;
    query?: {
        limit?: number;
        cursor?: string;
    };
    url: '/api/v1/auth/sessions';
};

export type ListSessionsErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ListSessionsError = ListSessionsErrors[keyof ListSessionsErrors];

export type ListSessionsResponses = {
    /**
     * OK
     */
    200: SessionList;
};

export type ListSessionsResponse = ListSessionsResponses[keyof ListSessionsResponses];

export type RevokeSessionData = {
    body?: never;
    path: {
        session_id: string;
    };
    query?: never;
    url: '/api/v1/auth/sessions/{session_id}';
};

export type RevokeSessionErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type RevokeSessionError = RevokeSessionErrors[keyof RevokeSessionErrors];

export type RevokeSessionResponses = {
    /**
     * No Content
     */
    204: void;
};

export type RevokeSessionResponse = RevokeSessionResponses[keyof RevokeSessionResponses];

export type SignInData = {
    body: SignIn;
    path?: never;
    query?: never;
    url: '/api/v1/auth/signin';
};

export type SignInErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type SignInError = SignInErrors[keyof SignInErrors];

export type SignInResponses = {
    /**
     * OK
     */
    200: Session;
};

export type SignInResponse = SignInResponses[keyof SignInResponses];

export type SignOutData = {
    body: SignOut;
    path?: never;
    query?: never;
    url: '/api/v1/auth/signout';
};

export type SignOutErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type SignOutError = SignOutErrors[keyof SignOutErrors];

export type SignOutResponses = {
    /**
     * No Content
     */
    204: void;
};

export type SignOutResponse = SignOutResponses[keyof SignOutResponses];

export type SignUpData = {
    body: SignUp;
    path?: never;
    query?: never;
    url: '/api/v1/auth/signup';
};

export type SignUpErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type SignUpError = SignUpErrors[keyof SignUpErrors];

export type SignUpResponses = {
    /**
     * Created
     */
    201: Session;
};

export type SignUpResponse = SignUpResponses[keyof SignUpResponses];

export type ListCommentsToModerateData = {
    body?: never;
    path?: never;
    query?: {
        limit?: number;
        cursor?: string;
        state?: 'visible' | 'pending' | 'hidden';
    };
    url: '/api/v1/comments';
};

export type ListCommentsToModerateErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ListCommentsToModerateError = ListCommentsToModerateErrors[keyof ListCommentsToModerateErrors];

export type ListCommentsToModerateResponses = {
    /**
     * OK
     */
    200: ModerationList;
};

export type ListCommentsToModerateResponse = ListCommentsToModerateResponses[keyof ListCommentsToModerateResponses];

export type DeleteCommentData = {
    body?: never;
    path: {
        comment_id: string;
    };
    query?: never;
    url: '/api/v1/comments/{comment_id}';
};

export type DeleteCommentErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type DeleteCommentError = DeleteCommentErrors[keyof DeleteCommentErrors];

export type DeleteCommentResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteCommentResponse = DeleteCommentResponses[keyof DeleteCommentResponses];

export type ChangeCommentData = {
    body: CommentChange;
    path: {
        comment_id: string;
    };
    query?: never;
    url: '/api/v1/comments/{comment_id}';
};

export type ChangeCommentErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ChangeCommentError = ChangeCommentErrors[keyof ChangeCommentErrors];

export type ChangeCommentResponses = {
    /**
     * OK
     */
    200: Comment;
};

export type ChangeCommentResponse = ChangeCommentResponses[keyof ChangeCommentResponses];

export type ApproveCommentData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        comment_id: string;
    };
    query?: never;
    url: '/api/v1/comments/{comment_id}/approve';
};

export type ApproveCommentErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ApproveCommentError = ApproveCommentErrors[keyof ApproveCommentErrors];

export type ApproveCommentResponses = {
    /**
     * OK
     */
    200: Comment;
};

export type ApproveCommentResponse = ApproveCommentResponses[keyof ApproveCommentResponses];

export type HideCommentData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        comment_id: string;
    };
    query?: never;
    url: '/api/v1/comments/{comment_id}/hide';
};

export type HideCommentErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type HideCommentError = HideCommentErrors[keyof HideCommentErrors];

export type HideCommentResponses = {
    /**
     * OK
     */
    200: Comment;
};

export type HideCommentResponse = HideCommentResponses[keyof HideCommentResponses];

export type FollowEventsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * The last event that the client has: its `seq`, followed by `.` and the `seq` of the last of the user's own events. 0 replays from the oldest kept. If some of what follows is no longer kept, a message `events.gap` says so first.
         */
        after?: string;
        /**
         * Only events of these subjects, and the user's own: `video:<id>`, `post:<id>` or `job:<id>`, separated by commas.
         */
        topics?: string;
    };
    url: '/api/v1/events';
};

export type FollowEventsErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type FollowEventsError = FollowEventsErrors[keyof FollowEventsErrors];

export type FollowEventsResponses = {
    /**
     * OK
     */
    200: Event;
};

export type FollowEventsResponse = FollowEventsResponses[keyof FollowEventsResponses];

export type ListImagesData = {
    body?: never;
    path?: never;
    query?: {
        limit?: number;
        cursor?: string;
        q?: string;
    };
    url: '/api/v1/images';
};

export type ListImagesErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ListImagesError = ListImagesErrors[keyof ListImagesErrors];

export type ListImagesResponses = {
    /**
     * OK
     */
    200: ImageList;
};

export type ListImagesResponse = ListImagesResponses[keyof ListImagesResponses];

export type UploadImageData = {
    body: ImageUpload;
    path?: never;
    query?: never;
    url: '/api/v1/images';
};

export type UploadImageErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type UploadImageError = UploadImageErrors[keyof UploadImageErrors];

export type UploadImageResponses = {
    /**
     * Created
     */
    201: Image;
};

export type UploadImageResponse = UploadImageResponses[keyof UploadImageResponses];

export type DeleteImageData = {
    body?: never;
    path: {
        image_id: string;
    };
    query?: never;
    url: '/api/v1/images/{image_id}';
};

export type DeleteImageErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type DeleteImageError = DeleteImageErrors[keyof DeleteImageErrors];

export type DeleteImageResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteImageResponse = DeleteImageResponses[keyof DeleteImageResponses];

export type GetImageData = {
    body?: never;
    path: {
        image_id: string;
    };
    query?: never;
    url: '/api/v1/images/{image_id}';
};

export type GetImageErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetImageError = GetImageErrors[keyof GetImageErrors];

export type GetImageResponses = {
    /**
     * OK
     */
    200: Image;
};

export type GetImageResponse = GetImageResponses[keyof GetImageResponses];

export type ChangeImageData = {
    body: ImageChange;
    path: {
        image_id: string;
    };
    query?: never;
    url: '/api/v1/images/{image_id}';
};

export type ChangeImageErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ChangeImageError = ChangeImageErrors[keyof ChangeImageErrors];

export type ChangeImageResponses = {
    /**
     * OK
     */
    200: Image;
};

export type ChangeImageResponse = ChangeImageResponses[keyof ChangeImageResponses];

export type AcceptInvitationData = {
    body: InvitationAccept;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/invitations/accept';
};

export type AcceptInvitationErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type AcceptInvitationError = AcceptInvitationErrors[keyof AcceptInvitationErrors];

export type AcceptInvitationResponses = {
    /**
     * OK
     */
    200: Organization;
};

export type AcceptInvitationResponse = AcceptInvitationResponses[keyof AcceptInvitationResponses];

export type ListJobsData = {
    body?: never;
    path?: never;
    query?: {
        limit?: number;
        cursor?: string;
        state?: JobState;
        kind?: string;
        subject?: string;
        parent_id?: string;
        root?: boolean;
    };
    url: '/api/v1/jobs';
};

export type ListJobsErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ListJobsError = ListJobsErrors[keyof ListJobsErrors];

export type ListJobsResponses = {
    /**
     * OK
     */
    200: JobList;
};

export type ListJobsResponse = ListJobsResponses[keyof ListJobsResponses];

export type GetJobData = {
    body?: never;
    path: {
        job_id: string;
    };
    query?: never;
    url: '/api/v1/jobs/{job_id}';
};

export type GetJobErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetJobError = GetJobErrors[keyof GetJobErrors];

export type GetJobResponses = {
    /**
     * OK
     */
    200: Job;
};

export type GetJobResponse = GetJobResponses[keyof GetJobResponses];

export type CancelJobData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        job_id: string;
    };
    query?: never;
    url: '/api/v1/jobs/{job_id}/cancel';
};

export type CancelJobErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type CancelJobError = CancelJobErrors[keyof CancelJobErrors];

export type CancelJobResponses = {
    /**
     * OK
     */
    200: Job;
};

export type CancelJobResponse = CancelJobResponses[keyof CancelJobResponses];

export type RetryJobData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        job_id: string;
    };
    query?: never;
    url: '/api/v1/jobs/{job_id}/retry';
};

export type RetryJobErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type RetryJobError = RetryJobErrors[keyof RetryJobErrors];

export type RetryJobResponses = {
    /**
     * OK
     */
    200: Job;
};

export type RetryJobResponse = RetryJobResponses[keyof RetryJobResponses];

export type ListOrganizationsData = {
    body?: never;
    path?: never;
    query?: {
        limit?: number;
        cursor?: string;
    };
    url: '/api/v1/organizations';
};

export type ListOrganizationsErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ListOrganizationsError = ListOrganizationsErrors[keyof ListOrganizationsErrors];

export type ListOrganizationsResponses = {
    /**
     * OK
     */
    200: OrganizationList;
};

export type ListOrganizationsResponse = ListOrganizationsResponses[keyof ListOrganizationsResponses];

export type CreateOrganizationData = {
    body: OrganizationCreate;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/organizations';
};

export type CreateOrganizationErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type CreateOrganizationError = CreateOrganizationErrors[keyof CreateOrganizationErrors];

export type CreateOrganizationResponses = {
    /**
     * Created
     */
    201: Organization;
};

export type CreateOrganizationResponse = CreateOrganizationResponses[keyof CreateOrganizationResponses];

export type DeleteOrganizationData = {
    body?: never;
    path: {
        slug: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}';
};

export type DeleteOrganizationErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type DeleteOrganizationError = DeleteOrganizationErrors[keyof DeleteOrganizationErrors];

export type DeleteOrganizationResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteOrganizationResponse = DeleteOrganizationResponses[keyof DeleteOrganizationResponses];

export type GetOrganizationData = {
    body?: never;
    path: {
        slug: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}';
};

export type GetOrganizationErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetOrganizationError = GetOrganizationErrors[keyof GetOrganizationErrors];

export type GetOrganizationResponses = {
    /**
     * OK
     */
    200: Organization;
};

export type GetOrganizationResponse = GetOrganizationResponses[keyof GetOrganizationResponses];

export type ChangeOrganizationData = {
    body: OrganizationChange;
    path: {
        slug: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}';
};

export type ChangeOrganizationErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ChangeOrganizationError = ChangeOrganizationErrors[keyof ChangeOrganizationErrors];

export type ChangeOrganizationResponses = {
    /**
     * OK
     */
    200: Organization;
};

export type ChangeOrganizationResponse = ChangeOrganizationResponses[keyof ChangeOrganizationResponses];

export type GetAtomFeedData = {
    body?: never;
    path: {
        slug: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}/atom.xml';
};

export type GetAtomFeedErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetAtomFeedError = GetAtomFeedErrors[keyof GetAtomFeedErrors];

export type GetAtomFeedResponses = {
    /**
     * OK
     */
    200: unknown;
};

export type ListAuditEntriesData = {
    body?: never;
    path: {
        slug: string;
    };
    query?: {
        limit?: number;
        cursor?: string;
        action?: Audited;
        actor?: string;
        subject?: string;
    };
    url: '/api/v1/organizations/{slug}/audit';
};

export type ListAuditEntriesErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ListAuditEntriesError = ListAuditEntriesErrors[keyof ListAuditEntriesErrors];

export type ListAuditEntriesResponses = {
    /**
     * OK
     */
    200: AuditList;
};

export type ListAuditEntriesResponse = ListAuditEntriesResponses[keyof ListAuditEntriesResponses];

export type GetJsonFeedData = {
    body?: never;
    path: {
        slug: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}/feed.json';
};

export type GetJsonFeedErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetJsonFeedError = GetJsonFeedErrors[keyof GetJsonFeedErrors];

export type GetJsonFeedResponses = {
    /**
     * OK
     */
    200: unknown;
};

export type GetRssFeedData = {
    body?: never;
    path: {
        slug: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}/feed.xml';
};

export type GetRssFeedErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetRssFeedError = GetRssFeedErrors[keyof GetRssFeedErrors];

export type GetRssFeedResponses = {
    /**
     * OK
     */
    200: unknown;
};

export type ListInvitationsData = {
    body?: never;
    path: {
        slug: string;
    };
    query?: {
        limit?: number;
        cursor?: string;
    };
    url: '/api/v1/organizations/{slug}/invitations';
};

export type ListInvitationsErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ListInvitationsError = ListInvitationsErrors[keyof ListInvitationsErrors];

export type ListInvitationsResponses = {
    /**
     * OK
     */
    200: InvitationList;
};

export type ListInvitationsResponse = ListInvitationsResponses[keyof ListInvitationsResponses];

export type InviteToTeamData = {
    body: InvitationCreate;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        slug: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}/invitations';
};

export type InviteToTeamErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type InviteToTeamError = InviteToTeamErrors[keyof InviteToTeamErrors];

export type InviteToTeamResponses = {
    /**
     * Created
     */
    201: Invitation;
};

export type InviteToTeamResponse = InviteToTeamResponses[keyof InviteToTeamResponses];

export type RevokeInvitationData = {
    body?: never;
    path: {
        slug: string;
        invitation_id: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}/invitations/{invitation_id}';
};

export type RevokeInvitationErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type RevokeInvitationError = RevokeInvitationErrors[keyof RevokeInvitationErrors];

export type RevokeInvitationResponses = {
    /**
     * No Content
     */
    204: void;
};

export type RevokeInvitationResponse = RevokeInvitationResponses[keyof RevokeInvitationResponses];

export type LeaveOrganizationData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        slug: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}/leave';
};

export type LeaveOrganizationErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type LeaveOrganizationError = LeaveOrganizationErrors[keyof LeaveOrganizationErrors];

export type LeaveOrganizationResponses = {
    /**
     * OK
     */
    200: Organization;
};

export type LeaveOrganizationResponse = LeaveOrganizationResponses[keyof LeaveOrganizationResponses];

export type GetPostByAddressData = {
    body?: never;
    path: {
        slug: string;
        post_slug: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}/posts/{post_slug}';
};

export type GetPostByAddressErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetPostByAddressError = GetPostByAddressErrors[keyof GetPostByAddressErrors];

export type GetPostByAddressResponses = {
    /**
     * OK
     */
    200: Post;
};

export type GetPostByAddressResponse = GetPostByAddressResponses[keyof GetPostByAddressResponses];

export type GetSitemapPageData = {
    body?: never;
    path: {
        slug: string;
        number: number;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}/sitemap-{number}.xml';
};

export type GetSitemapPageErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetSitemapPageError = GetSitemapPageErrors[keyof GetSitemapPageErrors];

export type GetSitemapPageResponses = {
    /**
     * OK
     */
    200: Blob | File;
};

export type GetSitemapPageResponse = GetSitemapPageResponses[keyof GetSitemapPageResponses];

export type GetSitemapData = {
    body?: never;
    path: {
        slug: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}/sitemap.xml';
};

export type GetSitemapErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetSitemapError = GetSitemapErrors[keyof GetSitemapErrors];

export type GetSitemapResponses = {
    /**
     * OK
     */
    200: Blob | File;
};

export type GetSitemapResponse = GetSitemapResponses[keyof GetSitemapResponses];

export type ListTeamData = {
    body?: never;
    path: {
        slug: string;
    };
    query?: {
        limit?: number;
        cursor?: string;
    };
    url: '/api/v1/organizations/{slug}/team';
};

export type ListTeamErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ListTeamError = ListTeamErrors[keyof ListTeamErrors];

export type ListTeamResponses = {
    /**
     * OK
     */
    200: TeamList;
};

export type ListTeamResponse = ListTeamResponses[keyof ListTeamResponses];

export type RemoveFromTeamData = {
    body?: never;
    path: {
        slug: string;
        user_id: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}/team/{user_id}';
};

export type RemoveFromTeamErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type RemoveFromTeamError = RemoveFromTeamErrors[keyof RemoveFromTeamErrors];

export type RemoveFromTeamResponses = {
    /**
     * No Content
     */
    204: void;
};

export type RemoveFromTeamResponse = RemoveFromTeamResponses[keyof RemoveFromTeamResponses];

export type ChangeRoleData = {
    body: RoleChange;
    path: {
        slug: string;
        user_id: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}/team/{user_id}';
};

export type ChangeRoleErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ChangeRoleError = ChangeRoleErrors[keyof ChangeRoleErrors];

export type ChangeRoleResponses = {
    /**
     * OK
     */
    200: TeamMember;
};

export type ChangeRoleResponse = ChangeRoleResponses[keyof ChangeRoleResponses];

export type SuspendFromTeamData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        slug: string;
        user_id: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}/team/{user_id}/suspend';
};

export type SuspendFromTeamErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type SuspendFromTeamError = SuspendFromTeamErrors[keyof SuspendFromTeamErrors];

export type SuspendFromTeamResponses = {
    /**
     * OK
     */
    200: TeamMember;
};

export type SuspendFromTeamResponse = SuspendFromTeamResponses[keyof SuspendFromTeamResponses];

export type UnsuspendFromTeamData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        slug: string;
        user_id: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}/team/{user_id}/unsuspend';
};

export type UnsuspendFromTeamErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type UnsuspendFromTeamError = UnsuspendFromTeamErrors[keyof UnsuspendFromTeamErrors];

export type UnsuspendFromTeamResponses = {
    /**
     * OK
     */
    200: TeamMember;
};

export type UnsuspendFromTeamResponse = UnsuspendFromTeamResponses[keyof UnsuspendFromTeamResponses];

export type TransferOrganizationData = {
    body: OwnershipTransfer;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        slug: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}/transfer';
};

export type TransferOrganizationErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type TransferOrganizationError = TransferOrganizationErrors[keyof TransferOrganizationErrors];

export type TransferOrganizationResponses = {
    /**
     * OK
     */
    200: Organization;
};

export type TransferOrganizationResponse = TransferOrganizationResponses[keyof TransferOrganizationResponses];

export type GetUsageData = {
    body?: never;
    path: {
        slug: string;
    };
    query?: never;
    url: '/api/v1/organizations/{slug}/usage';
};

export type GetUsageErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetUsageError = GetUsageErrors[keyof GetUsageErrors];

export type GetUsageResponses = {
    /**
     * OK
     */
    200: Usage;
};

export type GetUsageResponse = GetUsageResponses[keyof GetUsageResponses];

export type ListPostsData = {
    body?: never;
    path?: never;
    query?: {
        limit?: number;
        cursor?: string;
        organization?: string;
        publication?: Publication;
        visibility?: Visibility;
        /**
         * Words that all occur, a "phrase", a -word that does not; from three letters on, a word finds what begins with it too. Finds the newest 1,000 matches; words that more than every tenth of the newest posts has are looked for among the newest 10,000.
         */
        q?: string;
        sort?: 'published_at' | '-published_at' | 'created_at' | '-created_at' | 'updated_at' | '-updated_at' | 'title' | '-title' | 'relevance';
        count?: boolean;
        fields?: string;
        include?: string;
        author?: string;
        ids?: string;
        published_after?: string;
        published_before?: string;
        tag?: string;
    };
    url: '/api/v1/posts';
};

export type ListPostsErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ListPostsError = ListPostsErrors[keyof ListPostsErrors];

export type ListPostsResponses = {
    /**
     * OK
     */
    200: PostList;
};

export type ListPostsResponse = ListPostsResponses[keyof ListPostsResponses];

export type CreatePostData = {
    body: PostCreate;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/posts';
};

export type CreatePostErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type CreatePostError = CreatePostErrors[keyof CreatePostErrors];

export type CreatePostResponses = {
    /**
     * Created
     */
    201: Post;
};

export type CreatePostResponse = CreatePostResponses[keyof CreatePostResponses];

export type DeletePostData = {
    body?: never;
    path: {
        post_id: string;
    };
    query?: never;
    url: '/api/v1/posts/{post_id}';
};

export type DeletePostErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type DeletePostError = DeletePostErrors[keyof DeletePostErrors];

export type DeletePostResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeletePostResponse = DeletePostResponses[keyof DeletePostResponses];

export type GetPostData = {
    body?: never;
    path: {
        post_id: string;
    };
    query?: never;
    url: '/api/v1/posts/{post_id}';
};

export type GetPostErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetPostError = GetPostErrors[keyof GetPostErrors];

export type GetPostResponses = {
    /**
     * OK
     */
    200: Post;
};

export type GetPostResponse = GetPostResponses[keyof GetPostResponses];

export type ChangePostData = {
    body: PostChange;
    path: {
        post_id: string;
    };
    query?: never;
    url: '/api/v1/posts/{post_id}';
};

export type ChangePostErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ChangePostError = ChangePostErrors[keyof ChangePostErrors];

export type ChangePostResponses = {
    /**
     * OK
     */
    200: Post;
};

export type ChangePostResponse = ChangePostResponses[keyof ChangePostResponses];

export type ArchivePostData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        post_id: string;
    };
    query?: never;
    url: '/api/v1/posts/{post_id}/archive';
};

export type ArchivePostErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ArchivePostError = ArchivePostErrors[keyof ArchivePostErrors];

export type ArchivePostResponses = {
    /**
     * OK
     */
    200: Post;
};

export type ArchivePostResponse = ArchivePostResponses[keyof ArchivePostResponses];

export type ListPostCommentsData = {
    body?: never;
    path: {
        post_id: string;
    };
    query?: {
        limit?: number;
        cursor?: string;
        parent_id?: string;
    };
    url: '/api/v1/posts/{post_id}/comments';
};

export type ListPostCommentsErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ListPostCommentsError = ListPostCommentsErrors[keyof ListPostCommentsErrors];

export type ListPostCommentsResponses = {
    /**
     * OK
     */
    200: CommentList;
};

export type ListPostCommentsResponse = ListPostCommentsResponses[keyof ListPostCommentsResponses];

export type CommentOnPostData = {
    body: CommentCreate;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        post_id: string;
    };
    query?: never;
    url: '/api/v1/posts/{post_id}/comments';
};

export type CommentOnPostErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type CommentOnPostError = CommentOnPostErrors[keyof CommentOnPostErrors];

export type CommentOnPostResponses = {
    /**
     * Created
     */
    201: Comment;
};

export type CommentOnPostResponse = CommentOnPostResponses[keyof CommentOnPostResponses];

export type UnlikePostData = {
    body?: never;
    path: {
        post_id: string;
    };
    query?: never;
    url: '/api/v1/posts/{post_id}/like';
};

export type UnlikePostErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type UnlikePostError = UnlikePostErrors[keyof UnlikePostErrors];

export type UnlikePostResponses = {
    /**
     * OK
     */
    200: Like;
};

export type UnlikePostResponse = UnlikePostResponses[keyof UnlikePostResponses];

export type LikePostData = {
    body?: never;
    path: {
        post_id: string;
    };
    query?: never;
    url: '/api/v1/posts/{post_id}/like';
};

export type LikePostErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type LikePostError = LikePostErrors[keyof LikePostErrors];

export type LikePostResponses = {
    /**
     * OK
     */
    200: Like;
};

export type LikePostResponse = LikePostResponses[keyof LikePostResponses];

export type PreviewPostData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        post_id: string;
    };
    query?: never;
    url: '/api/v1/posts/{post_id}/preview';
};

export type PreviewPostErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type PreviewPostError = PreviewPostErrors[keyof PreviewPostErrors];

export type PreviewPostResponses = {
    /**
     * OK
     */
    200: Preview;
};

export type PreviewPostResponse = PreviewPostResponses[keyof PreviewPostResponses];

export type PublishPostData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        post_id: string;
    };
    query?: never;
    url: '/api/v1/posts/{post_id}/publish';
};

export type PublishPostErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type PublishPostError = PublishPostErrors[keyof PublishPostErrors];

export type PublishPostResponses = {
    /**
     * OK
     */
    200: Post;
};

export type PublishPostResponse = PublishPostResponses[keyof PublishPostResponses];

export type ListRevisionsData = {
    body?: never;
    path: {
        post_id: string;
    };
    query?: {
        limit?: number;
        cursor?: string;
    };
    url: '/api/v1/posts/{post_id}/revisions';
};

export type ListRevisionsErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ListRevisionsError = ListRevisionsErrors[keyof ListRevisionsErrors];

export type ListRevisionsResponses = {
    /**
     * OK
     */
    200: RevisionList;
};

export type ListRevisionsResponse = ListRevisionsResponses[keyof ListRevisionsResponses];

export type GetRevisionData = {
    body?: never;
    path: {
        post_id: string;
        number: number;
    };
    query?: {
        against?: number;
    };
    url: '/api/v1/posts/{post_id}/revisions/{number}';
};

export type GetRevisionErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetRevisionError = GetRevisionErrors[keyof GetRevisionErrors];

export type GetRevisionResponses = {
    /**
     * OK
     */
    200: Revision;
};

export type GetRevisionResponse = GetRevisionResponses[keyof GetRevisionResponses];

export type RestoreRevisionData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        post_id: string;
        number: number;
    };
    query?: never;
    url: '/api/v1/posts/{post_id}/revisions/{number}/restore';
};

export type RestoreRevisionErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type RestoreRevisionError = RestoreRevisionErrors[keyof RestoreRevisionErrors];

export type RestoreRevisionResponses = {
    /**
     * OK
     */
    200: Post;
};

export type RestoreRevisionResponse = RestoreRevisionResponses[keyof RestoreRevisionResponses];

export type SchedulePostData = {
    body: Schedule;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        post_id: string;
    };
    query?: never;
    url: '/api/v1/posts/{post_id}/schedule';
};

export type SchedulePostErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type SchedulePostError = SchedulePostErrors[keyof SchedulePostErrors];

export type SchedulePostResponses = {
    /**
     * OK
     */
    200: Post;
};

export type SchedulePostResponse = SchedulePostResponses[keyof SchedulePostResponses];

export type UnpublishPostData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        post_id: string;
    };
    query?: never;
    url: '/api/v1/posts/{post_id}/unpublish';
};

export type UnpublishPostErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type UnpublishPostError = UnpublishPostErrors[keyof UnpublishPostErrors];

export type UnpublishPostResponses = {
    /**
     * OK
     */
    200: Post;
};

export type UnpublishPostResponse = UnpublishPostResponses[keyof UnpublishPostResponses];

export type ReadPreviewData = {
    body?: never;
    path: {
        token: string;
    };
    query?: never;
    url: '/api/v1/previews/{token}';
};

export type ReadPreviewErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ReadPreviewError = ReadPreviewErrors[keyof ReadPreviewErrors];

export type ReadPreviewResponses = {
    /**
     * OK
     */
    200: Post;
};

export type ReadPreviewResponse = ReadPreviewResponses[keyof ReadPreviewResponses];

export type ListTagsData = {
    body?: never;
    path?: never;
    query?: {
        limit?: number;
        cursor?: string;
        organization?: string;
    };
    url: '/api/v1/tags';
};

export type ListTagsErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ListTagsError = ListTagsErrors[keyof ListTagsErrors];

export type ListTagsResponses = {
    /**
     * OK
     */
    200: TagList;
};

export type ListTagsResponse = ListTagsResponses[keyof ListTagsResponses];

export type RemoveTagData = {
    body?: never;
    path: {
        tag_id: string;
    };
    query?: never;
    url: '/api/v1/tags/{tag_id}';
};

export type RemoveTagErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type RemoveTagError = RemoveTagErrors[keyof RemoveTagErrors];

export type RemoveTagResponses = {
    /**
     * No Content
     */
    204: void;
};

export type RemoveTagResponse = RemoveTagResponses[keyof RemoveTagResponses];

export type ChangeTagData = {
    body: TagChange;
    path: {
        tag_id: string;
    };
    query?: never;
    url: '/api/v1/tags/{tag_id}';
};

export type ChangeTagErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ChangeTagError = ChangeTagErrors[keyof ChangeTagErrors];

export type ChangeTagResponses = {
    /**
     * OK
     */
    200: Tag;
};

export type ChangeTagResponse = ChangeTagResponses[keyof ChangeTagResponses];

export type MergeTagData = {
    body: TagMerge;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        tag_id: string;
    };
    query?: never;
    url: '/api/v1/tags/{tag_id}/merge';
};

export type MergeTagErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type MergeTagError = MergeTagErrors[keyof MergeTagErrors];

export type MergeTagResponses = {
    /**
     * OK
     */
    200: Tag;
};

export type MergeTagResponse = MergeTagResponses[keyof MergeTagResponses];

export type ListUploadsData = {
    body?: never;
    path?: never;
    query?: {
        limit?: number;
        cursor?: string;
    };
    url: '/api/v1/uploads';
};

export type ListUploadsErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ListUploadsError = ListUploadsErrors[keyof ListUploadsErrors];

export type ListUploadsResponses = {
    /**
     * OK
     */
    200: UploadList;
};

export type ListUploadsResponse = ListUploadsResponses[keyof ListUploadsResponses];

export type GetUploadOptionsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/uploads';
};

export type GetUploadOptionsErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetUploadOptionsError = GetUploadOptionsErrors[keyof GetUploadOptionsErrors];

export type GetUploadOptionsResponses = {
    /**
     * No Content
     */
    204: void;
};

export type GetUploadOptionsResponse = GetUploadOptionsResponses[keyof GetUploadOptionsResponses];

export type BeginUploadData = {
    body?: Blob | File;
    headers?: {
        'Tus-Resumable'?: string;
        'Upload-Length'?: string;
        'Upload-Defer-Length'?: string;
        'Upload-Metadata'?: string;
        'Upload-Checksum'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/uploads';
};

export type BeginUploadErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type BeginUploadError = BeginUploadErrors[keyof BeginUploadErrors];

export type BeginUploadResponses = {
    /**
     * Created
     */
    201: unknown;
};

export type CancelUploadData = {
    body?: never;
    headers?: {
        'Tus-Resumable'?: string;
    };
    path: {
        upload_id: string;
    };
    query?: never;
    url: '/api/v1/uploads/{upload_id}';
};

export type CancelUploadErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type CancelUploadError = CancelUploadErrors[keyof CancelUploadErrors];

export type CancelUploadResponses = {
    /**
     * No Content
     */
    204: void;
};

export type CancelUploadResponse = CancelUploadResponses[keyof CancelUploadResponses];

export type GetUploadData = {
    body?: never;
    path: {
        upload_id: string;
    };
    query?: never;
    url: '/api/v1/uploads/{upload_id}';
};

export type GetUploadErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetUploadError = GetUploadErrors[keyof GetUploadErrors];

export type GetUploadResponses = {
    /**
     * OK
     */
    200: Upload;
};

export type GetUploadResponse = GetUploadResponses[keyof GetUploadResponses];

export type SendUploadBytesData = {
    body?: Blob | File;
    headers?: {
        'Tus-Resumable'?: string;
        'Upload-Offset'?: string;
        'Upload-Length'?: string;
        'Upload-Checksum'?: string;
    };
    path: {
        upload_id: string;
    };
    query?: never;
    url: '/api/v1/uploads/{upload_id}';
};

export type SendUploadBytesErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type SendUploadBytesError = SendUploadBytesErrors[keyof SendUploadBytesErrors];

export type SendUploadBytesResponses = {
    /**
     * No Content
     */
    204: void;
};

export type SendUploadBytesResponse = SendUploadBytesResponses[keyof SendUploadBytesResponses];

export type DeleteMeData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/users/me';
};

export type DeleteMeErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type DeleteMeError = DeleteMeErrors[keyof DeleteMeErrors];

export type DeleteMeResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteMeResponse = DeleteMeResponses[keyof DeleteMeResponses];

export type GetMeData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/users/me';
};

export type GetMeErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetMeError = GetMeErrors[keyof GetMeErrors];

export type GetMeResponses = {
    /**
     * OK
     */
    200: Me;
};

export type GetMeResponse = GetMeResponses[keyof GetMeResponses];

export type ChangeMeData = {
    body: ProfileChange;
    path?: never;
    query?: never;
    url: '/api/v1/users/me';
};

export type ChangeMeErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ChangeMeError = ChangeMeErrors[keyof ChangeMeErrors];

export type ChangeMeResponses = {
    /**
     * OK
     */
    200: Me;
};

export type ChangeMeResponse = ChangeMeResponses[keyof ChangeMeResponses];

export type GetProfileData = {
    body?: never;
    path: {
        slug: string;
    };
    query?: never;
    url: '/api/v1/users/{slug}';
};

export type GetProfileErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetProfileError = GetProfileErrors[keyof GetProfileErrors];

export type GetProfileResponses = {
    /**
     * OK
     */
    200: Profile;
};

export type GetProfileResponse = GetProfileResponses[keyof GetProfileResponses];

export type ListVideosData = {
    body?: never;
    path?: never;
    query?: {
        limit?: number;
        cursor?: string;
        organization?: string;
        publication?: Publication;
        visibility?: Visibility;
        /**
         * Words that all occur, a "phrase", a -word that does not; from three letters on, a word finds what begins with it too. Finds the newest 1,000 matches; words that more than every tenth of the newest posts has are looked for among the newest 10,000.
         */
        q?: string;
        sort?: 'published_at' | '-published_at' | 'created_at' | '-created_at' | 'updated_at' | '-updated_at' | 'title' | '-title' | 'relevance';
        count?: boolean;
        fields?: string;
        include?: string;
        author?: string;
        ids?: string;
        published_after?: string;
        published_before?: string;
    };
    url: '/api/v1/videos';
};

export type ListVideosErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ListVideosError = ListVideosErrors[keyof ListVideosErrors];

export type ListVideosResponses = {
    /**
     * OK
     */
    200: VideoList;
};

export type ListVideosResponse = ListVideosResponses[keyof ListVideosResponses];

export type UploadVideoData = {
    body: VideoUpload;
    path?: never;
    query?: never;
    url: '/api/v1/videos';
};

export type UploadVideoErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type UploadVideoError = UploadVideoErrors[keyof UploadVideoErrors];

export type UploadVideoResponses = {
    /**
     * Created
     */
    201: Video;
};

export type UploadVideoResponse = UploadVideoResponses[keyof UploadVideoResponses];

export type DeleteVideoData = {
    body?: never;
    path: {
        video_id: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}';
};

export type DeleteVideoErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type DeleteVideoError = DeleteVideoErrors[keyof DeleteVideoErrors];

export type DeleteVideoResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteVideoResponse = DeleteVideoResponses[keyof DeleteVideoResponses];

export type GetVideoData = {
    body?: never;
    path: {
        video_id: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}';
};

export type GetVideoErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetVideoError = GetVideoErrors[keyof GetVideoErrors];

export type GetVideoResponses = {
    /**
     * OK
     */
    200: Video;
};

export type GetVideoResponse = GetVideoResponses[keyof GetVideoResponses];

export type ChangeVideoData = {
    body: VideoChange;
    path: {
        video_id: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}';
};

export type ChangeVideoErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ChangeVideoError = ChangeVideoErrors[keyof ChangeVideoErrors];

export type ChangeVideoResponses = {
    /**
     * OK
     */
    200: Video;
};

export type ChangeVideoResponse = ChangeVideoResponses[keyof ChangeVideoResponses];

export type ArchiveVideoData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        video_id: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}/archive';
};

export type ArchiveVideoErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ArchiveVideoError = ArchiveVideoErrors[keyof ArchiveVideoErrors];

export type ArchiveVideoResponses = {
    /**
     * OK
     */
    200: Video;
};

export type ArchiveVideoResponse = ArchiveVideoResponses[keyof ArchiveVideoResponses];

export type CancelVideoData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        video_id: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}/cancel';
};

export type CancelVideoErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type CancelVideoError = CancelVideoErrors[keyof CancelVideoErrors];

export type CancelVideoResponses = {
    /**
     * OK
     */
    200: Video;
};

export type CancelVideoResponse = CancelVideoResponses[keyof CancelVideoResponses];

export type DeleteCaptionData = {
    body?: never;
    path: {
        video_id: string;
        lang: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}/captions/{lang}';
};

export type DeleteCaptionErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type DeleteCaptionError = DeleteCaptionErrors[keyof DeleteCaptionErrors];

export type DeleteCaptionResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeleteCaptionResponse = DeleteCaptionResponses[keyof DeleteCaptionResponses];

export type PutCaptionData = {
    body: string;
    path: {
        video_id: string;
        lang: string;
    };
    query?: {
        label?: string;
    };
    url: '/api/v1/videos/{video_id}/captions/{lang}';
};

export type PutCaptionErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type PutCaptionError = PutCaptionErrors[keyof PutCaptionErrors];

export type PutCaptionResponses = {
    /**
     * OK
     */
    200: Caption;
};

export type PutCaptionResponse = PutCaptionResponses[keyof PutCaptionResponses];

export type ListVideoCommentsData = {
    body?: never;
    path: {
        video_id: string;
    };
    query?: {
        limit?: number;
        cursor?: string;
        parent_id?: string;
    };
    url: '/api/v1/videos/{video_id}/comments';
};

export type ListVideoCommentsErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ListVideoCommentsError = ListVideoCommentsErrors[keyof ListVideoCommentsErrors];

export type ListVideoCommentsResponses = {
    /**
     * OK
     */
    200: CommentList;
};

export type ListVideoCommentsResponse = ListVideoCommentsResponses[keyof ListVideoCommentsResponses];

export type CommentOnVideoData = {
    body: CommentCreate;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        video_id: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}/comments';
};

export type CommentOnVideoErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type CommentOnVideoError = CommentOnVideoErrors[keyof CommentOnVideoErrors];

export type CommentOnVideoResponses = {
    /**
     * Created
     */
    201: Comment;
};

export type CommentOnVideoResponse = CommentOnVideoResponses[keyof CommentOnVideoResponses];

export type UnlikeVideoData = {
    body?: never;
    path: {
        video_id: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}/like';
};

export type UnlikeVideoErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type UnlikeVideoError = UnlikeVideoErrors[keyof UnlikeVideoErrors];

export type UnlikeVideoResponses = {
    /**
     * OK
     */
    200: Like;
};

export type UnlikeVideoResponse = UnlikeVideoResponses[keyof UnlikeVideoResponses];

export type LikeVideoData = {
    body?: never;
    path: {
        video_id: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}/like';
};

export type LikeVideoErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type LikeVideoError = LikeVideoErrors[keyof LikeVideoErrors];

export type LikeVideoResponses = {
    /**
     * OK
     */
    200: Like;
};

export type LikeVideoResponse = LikeVideoResponses[keyof LikeVideoResponses];

export type GetPlaybackData = {
    body?: never;
    path: {
        video_id: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}/playback';
};

export type GetPlaybackErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetPlaybackError = GetPlaybackErrors[keyof GetPlaybackErrors];

export type GetPlaybackResponses = {
    /**
     * OK
     */
    200: Playback;
};

export type GetPlaybackResponse = GetPlaybackResponses[keyof GetPlaybackResponses];

export type DeletePosterData = {
    body?: never;
    path: {
        video_id: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}/poster';
};

export type DeletePosterErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type DeletePosterError = DeletePosterErrors[keyof DeletePosterErrors];

export type DeletePosterResponses = {
    /**
     * No Content
     */
    204: void;
};

export type DeletePosterResponse = DeletePosterResponses[keyof DeletePosterResponses];

export type PutPosterData = {
    body: PosterUpload;
    path: {
        video_id: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}/poster';
};

export type PutPosterErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type PutPosterError = PutPosterErrors[keyof PutPosterErrors];

export type PutPosterResponses = {
    /**
     * Accepted
     */
    202: Video;
};

export type PutPosterResponse = PutPosterResponses[keyof PutPosterResponses];

export type PublishVideoData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        video_id: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}/publish';
};

export type PublishVideoErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type PublishVideoError = PublishVideoErrors[keyof PublishVideoErrors];

export type PublishVideoResponses = {
    /**
     * OK
     */
    200: Video;
};

export type PublishVideoResponse = PublishVideoResponses[keyof PublishVideoResponses];

export type RetryVideoData = {
    body?: VideoRetry;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        video_id: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}/retry';
};

export type RetryVideoErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type RetryVideoError = RetryVideoErrors[keyof RetryVideoErrors];

export type RetryVideoResponses = {
    /**
     * OK
     */
    200: Video;
};

export type RetryVideoResponse = RetryVideoResponses[keyof RetryVideoResponses];

export type ScheduleVideoData = {
    body: Schedule;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        video_id: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}/schedule';
};

export type ScheduleVideoErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type ScheduleVideoError = ScheduleVideoErrors[keyof ScheduleVideoErrors];

export type ScheduleVideoResponses = {
    /**
     * OK
     */
    200: Video;
};

export type ScheduleVideoResponse = ScheduleVideoResponses[keyof ScheduleVideoResponses];

export type UnpublishVideoData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        video_id: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}/unpublish';
};

export type UnpublishVideoErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type UnpublishVideoError = UnpublishVideoErrors[keyof UnpublishVideoErrors];

export type UnpublishVideoResponses = {
    /**
     * OK
     */
    200: Video;
};

export type UnpublishVideoResponse = UnpublishVideoResponses[keyof UnpublishVideoResponses];

export type RecordViewData = {
    body?: never;
    headers?: {
        /**
         * The work is done once: the same key with the same body gets the stored answer for 24 hours.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        video_id: string;
    };
    query?: never;
    url: '/api/v1/videos/{video_id}/views';
};

export type RecordViewErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type RecordViewError = RecordViewErrors[keyof RecordViewErrors];

export type RecordViewResponses = {
    /**
     * No Content
     */
    204: void;
};

export type RecordViewResponse = RecordViewResponses[keyof RecordViewResponses];

export type GetHealthData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/healthz';
};

export type GetHealthErrors = {
    /**
     * A problem
     */
    default: Problem;
};

export type GetHealthError = GetHealthErrors[keyof GetHealthErrors];

export type GetHealthResponses = {
    /**
     * OK
     */
    200: Health;
};

export type GetHealthResponse = GetHealthResponses[keyof GetHealthResponses];

export type GetReadinessData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/readyz';
};

export type GetReadinessErrors = {
    /**
     * Service Unavailable
     */
    503: Readiness;
    /**
     * A problem
     */
    default: Problem;
};

export type GetReadinessError = GetReadinessErrors[keyof GetReadinessErrors];

export type GetReadinessResponses = {
    /**
     * OK
     */
    200: Readiness;
};

export type GetReadinessResponse = GetReadinessResponses[keyof GetReadinessResponses];
