// Generated from docs/openapi.json: `make client` writes it.

import { client } from './client.gen.js';
import { type Client, formDataBodySerializer, type Options as Options2, type TDataShape } from './client/index.js';
import type { AcceptInvitationData, AcceptInvitationErrors, AcceptInvitationResponses, ApproveCommentData, ApproveCommentErrors, ApproveCommentResponses, ArchivePostData, ArchivePostErrors, ArchivePostResponses, ArchiveVideoData, ArchiveVideoErrors, ArchiveVideoResponses, BeginUploadData, BeginUploadErrors, BeginUploadResponses, CancelJobData, CancelJobErrors, CancelJobResponses, CancelUploadData, CancelUploadErrors, CancelUploadResponses, CancelVideoData, CancelVideoErrors, CancelVideoResponses, ChangeCommentData, ChangeCommentErrors, ChangeCommentResponses, ChangeImageData, ChangeImageErrors, ChangeImageResponses, ChangeMeData, ChangeMeErrors, ChangeMeResponses, ChangeOrganizationData, ChangeOrganizationErrors, ChangeOrganizationResponses, ChangePasswordData, ChangePasswordErrors, ChangePasswordResponses, ChangePostData, ChangePostErrors, ChangePostResponses, ChangeRoleData, ChangeRoleErrors, ChangeRoleResponses, ChangeTagData, ChangeTagErrors, ChangeTagResponses, ChangeVideoData, ChangeVideoErrors, ChangeVideoResponses, CommentOnPostData, CommentOnPostErrors, CommentOnPostResponses, CommentOnVideoData, CommentOnVideoErrors, CommentOnVideoResponses, CreateApiKeyData, CreateApiKeyErrors, CreateApiKeyResponses, CreateOrganizationData, CreateOrganizationErrors, CreateOrganizationResponses, CreatePostData, CreatePostErrors, CreatePostResponses, DeleteCaptionData, DeleteCaptionErrors, DeleteCaptionResponses, DeleteCommentData, DeleteCommentErrors, DeleteCommentResponses, DeleteImageData, DeleteImageErrors, DeleteImageResponses, DeleteMeData, DeleteMeErrors, DeleteMeResponses, DeleteOrganizationData, DeleteOrganizationErrors, DeleteOrganizationResponses, DeletePostData, DeletePosterData, DeletePosterErrors, DeletePosterResponses, DeletePostErrors, DeletePostResponses, DeleteVideoData, DeleteVideoErrors, DeleteVideoResponses, FollowEventsData, FollowEventsErrors, FollowEventsResponse, FollowEventsResponses, ForgotPasswordData, ForgotPasswordErrors, ForgotPasswordResponses, GetApiKeyData, GetApiKeyErrors, GetApiKeyResponses, GetAtomFeedData, GetAtomFeedErrors, GetAtomFeedResponses, GetHealthData, GetHealthErrors, GetHealthResponses, GetImageData, GetImageErrors, GetImageResponses, GetJobData, GetJobErrors, GetJobResponses, GetJsonFeedData, GetJsonFeedErrors, GetJsonFeedResponses, GetMeData, GetMeErrors, GetMeResponses, GetOrganizationData, GetOrganizationErrors, GetOrganizationResponses, GetPlaybackData, GetPlaybackErrors, GetPlaybackResponses, GetPostByAddressData, GetPostByAddressErrors, GetPostByAddressResponses, GetPostData, GetPostErrors, GetPostResponses, GetProfileData, GetProfileErrors, GetProfileResponses, GetReadinessData, GetReadinessErrors, GetReadinessResponses, GetRevisionData, GetRevisionErrors, GetRevisionResponses, GetRssFeedData, GetRssFeedErrors, GetRssFeedResponses, GetSitemapData, GetSitemapErrors, GetSitemapPageData, GetSitemapPageErrors, GetSitemapPageResponses, GetSitemapResponses, GetUploadData, GetUploadErrors, GetUploadOptionsData, GetUploadOptionsErrors, GetUploadOptionsResponses, GetUploadResponses, GetUsageData, GetUsageErrors, GetUsageResponses, GetVideoData, GetVideoErrors, GetVideoResponses, HideCommentData, HideCommentErrors, HideCommentResponses, InviteToTeamData, InviteToTeamErrors, InviteToTeamResponses, LeaveOrganizationData, LeaveOrganizationErrors, LeaveOrganizationResponses, LikePostData, LikePostErrors, LikePostResponses, LikeVideoData, LikeVideoErrors, LikeVideoResponses, ListApiKeysData, ListApiKeysErrors, ListApiKeysResponses, ListAuditEntriesData, ListAuditEntriesErrors, ListAuditEntriesResponses, ListCommentsToModerateData, ListCommentsToModerateErrors, ListCommentsToModerateResponses, ListImagesData, ListImagesErrors, ListImagesResponses, ListInvitationsData, ListInvitationsErrors, ListInvitationsResponses, ListJobsData, ListJobsErrors, ListJobsResponses, ListOrganizationsData, ListOrganizationsErrors, ListOrganizationsResponses, ListPostCommentsData, ListPostCommentsErrors, ListPostCommentsResponses, ListPostsData, ListPostsErrors, ListPostsResponses, ListRevisionsData, ListRevisionsErrors, ListRevisionsResponses, ListSessionsData, ListSessionsErrors, ListSessionsResponses, ListTagsData, ListTagsErrors, ListTagsResponses, ListTeamData, ListTeamErrors, ListTeamResponses, ListUploadsData, ListUploadsErrors, ListUploadsResponses, ListVideoCommentsData, ListVideoCommentsErrors, ListVideoCommentsResponses, ListVideosData, ListVideosErrors, ListVideosResponses, MergeTagData, MergeTagErrors, MergeTagResponses, PreviewPostData, PreviewPostErrors, PreviewPostResponses, PublishPostData, PublishPostErrors, PublishPostResponses, PublishVideoData, PublishVideoErrors, PublishVideoResponses, PutCaptionData, PutCaptionErrors, PutCaptionResponses, PutPosterData, PutPosterErrors, PutPosterResponses, ReadPreviewData, ReadPreviewErrors, ReadPreviewResponses, RecordViewData, RecordViewErrors, RecordViewResponses, RefreshSessionData, RefreshSessionErrors, RefreshSessionResponses, RemoveFromTeamData, RemoveFromTeamErrors, RemoveFromTeamResponses, RemoveTagData, RemoveTagErrors, RemoveTagResponses, RequestVerificationData, RequestVerificationErrors, RequestVerificationResponses, ResetPasswordData, ResetPasswordErrors, ResetPasswordResponses, RestoreRevisionData, RestoreRevisionErrors, RestoreRevisionResponses, RetryJobData, RetryJobErrors, RetryJobResponses, RetryVideoData, RetryVideoErrors, RetryVideoResponses, RevokeApiKeyData, RevokeApiKeyErrors, RevokeApiKeyResponses, RevokeInvitationData, RevokeInvitationErrors, RevokeInvitationResponses, RevokeSessionData, RevokeSessionErrors, RevokeSessionResponses, RevokeSessionsData, RevokeSessionsErrors, RevokeSessionsResponses, SchedulePostData, SchedulePostErrors, SchedulePostResponses, ScheduleVideoData, ScheduleVideoErrors, ScheduleVideoResponses, SendUploadBytesData, SendUploadBytesErrors, SendUploadBytesResponses, SignInData, SignInErrors, SignInResponses, SignOutData, SignOutErrors, SignOutResponses, SignUpData, SignUpErrors, SignUpResponses, SuspendFromTeamData, SuspendFromTeamErrors, SuspendFromTeamResponses, TransferOrganizationData, TransferOrganizationErrors, TransferOrganizationResponses, UnlikePostData, UnlikePostErrors, UnlikePostResponses, UnlikeVideoData, UnlikeVideoErrors, UnlikeVideoResponses, UnpublishPostData, UnpublishPostErrors, UnpublishPostResponses, UnpublishVideoData, UnpublishVideoErrors, UnpublishVideoResponses, UnsuspendFromTeamData, UnsuspendFromTeamErrors, UnsuspendFromTeamResponses, UploadImageData, UploadImageErrors, UploadImageResponses, UploadVideoData, UploadVideoErrors, UploadVideoResponses, VerifyEmailData, VerifyEmailErrors, VerifyEmailResponses } from './types.gen.js';

export type Options<TData extends TDataShape = TDataShape, ThrowOnError extends boolean = boolean, TResponse = unknown> = Options2<TData, ThrowOnError, TResponse> & {
    /**
     * You can provide a client instance returned by `createClient()` instead of
     * individual options. This might be also useful if you want to implement a
     * custom client.
     */
    client?: Client;
    /**
     * You can pass arbitrary values through the `meta` object. This can be
     * used to access values that aren't defined as part of the SDK function.
     */
    meta?: Record<string, unknown>;
};

/**
 * List API keys
 *
 * Paging.
 */
export const listApiKeys = <ThrowOnError extends boolean = false>(options?: Options<ListApiKeysData, ThrowOnError>) => (options?.client ?? client).get<ListApiKeysResponses, ListApiKeysErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/api-keys',
    ...options
});

/**
 * Make an API key
 */
export const createApiKey = <ThrowOnError extends boolean = false>(options: Options<CreateApiKeyData, ThrowOnError>) => (options.client ?? client).post<CreateApiKeyResponses, CreateApiKeyErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/api-keys',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Revoke an API key
 */
export const revokeApiKey = <ThrowOnError extends boolean = false>(options: Options<RevokeApiKeyData, ThrowOnError>) => (options.client ?? client).delete<RevokeApiKeyResponses, RevokeApiKeyErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/api-keys/{api_key_id}',
    ...options
});

/**
 * Read an API key
 */
export const getApiKey = <ThrowOnError extends boolean = false>(options: Options<GetApiKeyData, ThrowOnError>) => (options.client ?? client).get<GetApiKeyResponses, GetApiKeyErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/api-keys/{api_key_id}',
    ...options
});

/**
 * Ask for the link again
 */
export const requestVerification = <ThrowOnError extends boolean = false>(options: Options<RequestVerificationData, ThrowOnError>) => (options.client ?? client).post<RequestVerificationResponses, RequestVerificationErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/email/verification',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Prove an e-mail address by a link's token
 */
export const verifyEmail = <ThrowOnError extends boolean = false>(options: Options<VerifyEmailData, ThrowOnError>) => (options.client ?? client).post<VerifyEmailResponses, VerifyEmailErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/email/verify',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Change one's password
 */
export const changePassword = <ThrowOnError extends boolean = false>(options: Options<ChangePasswordData, ThrowOnError>) => (options.client ?? client).post<ChangePasswordResponses, ChangePasswordErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/password/change',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Ask for a link to choose a new password
 */
export const forgotPassword = <ThrowOnError extends boolean = false>(options: Options<ForgotPasswordData, ThrowOnError>) => (options.client ?? client).post<ForgotPasswordResponses, ForgotPasswordErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/password/forgot',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Choose a new password by a link's token
 */
export const resetPassword = <ThrowOnError extends boolean = false>(options: Options<ResetPasswordData, ThrowOnError>) => (options.client ?? client).post<ResetPasswordResponses, ResetPasswordErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/password/reset',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Renew the access token
 */
export const refreshSession = <ThrowOnError extends boolean = false>(options: Options<RefreshSessionData, ThrowOnError>) => (options.client ?? client).post<RefreshSessionResponses, RefreshSessionErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/refresh',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * End all sessions, or all but this one
 *
 * All of them, or all but the one that asks.
 */
export const revokeSessions = <ThrowOnError extends boolean = false>(options?: Options<RevokeSessionsData, ThrowOnError>) => (options?.client ?? client).delete<RevokeSessionsResponses, RevokeSessionsErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/sessions',
    ...options
});

/**
 * List one's sessions
 *
 * Paging.
 */
export const listSessions = <ThrowOnError extends boolean = false>(options?: Options<ListSessionsData, ThrowOnError>) => (options?.client ?? client).get<ListSessionsResponses, ListSessionsErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/sessions',
    ...options
});

/**
 * End a session
 */
export const revokeSession = <ThrowOnError extends boolean = false>(options: Options<RevokeSessionData, ThrowOnError>) => (options.client ?? client).delete<RevokeSessionResponses, RevokeSessionErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/sessions/{session_id}',
    ...options
});

/**
 * Open a session
 */
export const signIn = <ThrowOnError extends boolean = false>(options: Options<SignInData, ThrowOnError>) => (options.client ?? client).post<SignInResponses, SignInErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/signin',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * End the session
 */
export const signOut = <ThrowOnError extends boolean = false>(options: Options<SignOutData, ThrowOnError>) => (options.client ?? client).post<SignOutResponses, SignOutErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/signout',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Make an account
 */
export const signUp = <ThrowOnError extends boolean = false>(options: Options<SignUpData, ThrowOnError>) => (options.client ?? client).post<SignUpResponses, SignUpErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/signup',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * List the comments that wait for a moderator
 *
 * Which comments of the acting organization.
 */
export const listCommentsToModerate = <ThrowOnError extends boolean = false>(options?: Options<ListCommentsToModerateData, ThrowOnError>) => (options?.client ?? client).get<ListCommentsToModerateResponses, ListCommentsToModerateErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/comments',
    ...options
});

/**
 * Delete a comment
 */
export const deleteComment = <ThrowOnError extends boolean = false>(options: Options<DeleteCommentData, ThrowOnError>) => (options.client ?? client).delete<DeleteCommentResponses, DeleteCommentErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/comments/{comment_id}',
    ...options
});

/**
 * Change your comment
 */
export const changeComment = <ThrowOnError extends boolean = false>(options: Options<ChangeCommentData, ThrowOnError>) => (options.client ?? client).patch<ChangeCommentResponses, ChangeCommentErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/comments/{comment_id}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Show a comment to readers
 */
export const approveComment = <ThrowOnError extends boolean = false>(options: Options<ApproveCommentData, ThrowOnError>) => (options.client ?? client).post<ApproveCommentResponses, ApproveCommentErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/comments/{comment_id}/approve',
    ...options
});

/**
 * Hide a comment from readers
 */
export const hideComment = <ThrowOnError extends boolean = false>(options: Options<HideCommentData, ThrowOnError>) => (options.client ?? client).post<HideCommentResponses, HideCommentErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/comments/{comment_id}/hide',
    ...options
});

/**
 * Follow the organization's events
 *
 * `after`: the number of the last event that the client has; 0 replays from the oldest kept.
 */
export const followEvents = <ThrowOnError extends boolean = false>(options?: Options<FollowEventsData, ThrowOnError, FollowEventsResponse>) => (options?.client ?? client).sse.get<FollowEventsResponses, FollowEventsErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/events',
    ...options
});

/**
 * List the organization's images
 *
 * The list of an organization's images; `q` looks in file names and descriptions.
 */
export const listImages = <ThrowOnError extends boolean = false>(options?: Options<ListImagesData, ThrowOnError>) => (options?.client ?? client).get<ListImagesResponses, ListImagesErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/images',
    ...options
});

/**
 * Upload an image
 */
export const uploadImage = <ThrowOnError extends boolean = false>(options: Options<UploadImageData, ThrowOnError>) => (options.client ?? client).post<UploadImageResponses, UploadImageErrors, ThrowOnError>({
    ...formDataBodySerializer,
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/images',
    ...options,
    headers: {
        'Content-Type': null,
        ...options.headers
    }
});

/**
 * Delete an image and its files
 */
export const deleteImage = <ThrowOnError extends boolean = false>(options: Options<DeleteImageData, ThrowOnError>) => (options.client ?? client).delete<DeleteImageResponses, DeleteImageErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/images/{image_id}',
    ...options
});

/**
 * Read an image
 */
export const getImage = <ThrowOnError extends boolean = false>(options: Options<GetImageData, ThrowOnError>) => (options.client ?? client).get<GetImageResponses, GetImageErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/images/{image_id}',
    ...options
});

/**
 * Describe an image
 */
export const changeImage = <ThrowOnError extends boolean = false>(options: Options<ChangeImageData, ThrowOnError>) => (options.client ?? client).patch<ChangeImageResponses, ChangeImageErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/images/{image_id}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Join the team that invited
 */
export const acceptInvitation = <ThrowOnError extends boolean = false>(options: Options<AcceptInvitationData, ThrowOnError>) => (options.client ?? client).post<AcceptInvitationResponses, AcceptInvitationErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/invitations/accept',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * List the jobs of the acting organization
 *
 * `root=true` leaves the parts of other jobs out; `subject` is such as `video:<id>`.
 */
export const listJobs = <ThrowOnError extends boolean = false>(options?: Options<ListJobsData, ThrowOnError>) => (options?.client ?? client).get<ListJobsResponses, ListJobsErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/jobs',
    ...options
});

/**
 * Read a job
 */
export const getJob = <ThrowOnError extends boolean = false>(options: Options<GetJobData, ThrowOnError>) => (options.client ?? client).get<GetJobResponses, GetJobErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/jobs/{job_id}',
    ...options
});

/**
 * Cancel a job
 */
export const cancelJob = <ThrowOnError extends boolean = false>(options: Options<CancelJobData, ThrowOnError>) => (options.client ?? client).post<CancelJobResponses, CancelJobErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/jobs/{job_id}/cancel',
    ...options
});

/**
 * Queue an ended job again
 */
export const retryJob = <ThrowOnError extends boolean = false>(options: Options<RetryJobData, ThrowOnError>) => (options.client ?? client).post<RetryJobResponses, RetryJobErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/jobs/{job_id}/retry',
    ...options
});

/**
 * List the organizations that one works in
 *
 * The list of the organizations that one works in.
 */
export const listOrganizations = <ThrowOnError extends boolean = false>(options?: Options<ListOrganizationsData, ThrowOnError>) => (options?.client ?? client).get<ListOrganizationsResponses, ListOrganizationsErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations',
    ...options
});

/**
 * Make an organization
 */
export const createOrganization = <ThrowOnError extends boolean = false>(options: Options<CreateOrganizationData, ThrowOnError>) => (options.client ?? client).post<CreateOrganizationResponses, CreateOrganizationErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Delete an organization and all that it owns
 */
export const deleteOrganization = <ThrowOnError extends boolean = false>(options: Options<DeleteOrganizationData, ThrowOnError>) => (options.client ?? client).delete<DeleteOrganizationResponses, DeleteOrganizationErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}',
    ...options
});

/**
 * Read an organization
 */
export const getOrganization = <ThrowOnError extends boolean = false>(options: Options<GetOrganizationData, ThrowOnError>) => (options.client ?? client).get<GetOrganizationResponses, GetOrganizationErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}',
    ...options
});

/**
 * Change or rename an organization
 */
export const changeOrganization = <ThrowOnError extends boolean = false>(options: Options<ChangeOrganizationData, ThrowOnError>) => (options.client ?? client).patch<ChangeOrganizationResponses, ChangeOrganizationErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * The newest posts as Atom
 */
export const getAtomFeed = <ThrowOnError extends boolean = false>(options: Options<GetAtomFeedData, ThrowOnError>) => (options.client ?? client).get<GetAtomFeedResponses, GetAtomFeedErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/atom.xml',
    ...options
});

/**
 * Read the audit log
 *
 * What the audit log is narrowed to. `subject` is a noun and an id.
 */
export const listAuditEntries = <ThrowOnError extends boolean = false>(options: Options<ListAuditEntriesData, ThrowOnError>) => (options.client ?? client).get<ListAuditEntriesResponses, ListAuditEntriesErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/audit',
    ...options
});

/**
 * The newest posts as JSON Feed
 */
export const getJsonFeed = <ThrowOnError extends boolean = false>(options: Options<GetJsonFeedData, ThrowOnError>) => (options.client ?? client).get<GetJsonFeedResponses, GetJsonFeedErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/feed.json',
    ...options
});

/**
 * The newest posts as RSS 2.0
 */
export const getRssFeed = <ThrowOnError extends boolean = false>(options: Options<GetRssFeedData, ThrowOnError>) => (options.client ?? client).get<GetRssFeedResponses, GetRssFeedErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/feed.xml',
    ...options
});

/**
 * List open invitations
 *
 * The list of a team.
 */
export const listInvitations = <ThrowOnError extends boolean = false>(options: Options<ListInvitationsData, ThrowOnError>) => (options.client ?? client).get<ListInvitationsResponses, ListInvitationsErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/invitations',
    ...options
});

/**
 * Invite somebody by mail, again if need be
 */
export const inviteToTeam = <ThrowOnError extends boolean = false>(options: Options<InviteToTeamData, ThrowOnError>) => (options.client ?? client).post<InviteToTeamResponses, InviteToTeamErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/invitations',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Take an invitation back
 */
export const revokeInvitation = <ThrowOnError extends boolean = false>(options: Options<RevokeInvitationData, ThrowOnError>) => (options.client ?? client).delete<RevokeInvitationResponses, RevokeInvitationErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/invitations/{invitation_id}',
    ...options
});

/**
 * Leave the team
 */
export const leaveOrganization = <ThrowOnError extends boolean = false>(options: Options<LeaveOrganizationData, ThrowOnError>) => (options.client ?? client).post<LeaveOrganizationResponses, LeaveOrganizationErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/leave',
    ...options
});

/**
 * Read a post by its address
 */
export const getPostByAddress = <ThrowOnError extends boolean = false>(options: Options<GetPostByAddressData, ThrowOnError>) => (options.client ?? client).get<GetPostByAddressResponses, GetPostByAddressErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/posts/{post_slug}',
    ...options
});

/**
 * A page of the sitemap
 */
export const getSitemapPage = <ThrowOnError extends boolean = false>(options: Options<GetSitemapPageData, ThrowOnError>) => (options.client ?? client).get<GetSitemapPageResponses, GetSitemapPageErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/sitemap-{number}.xml',
    ...options
});

/**
 * The index of the sitemap
 */
export const getSitemap = <ThrowOnError extends boolean = false>(options: Options<GetSitemapData, ThrowOnError>) => (options.client ?? client).get<GetSitemapResponses, GetSitemapErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/sitemap.xml',
    ...options
});

/**
 * List the team
 *
 * The list of a team.
 */
export const listTeam = <ThrowOnError extends boolean = false>(options: Options<ListTeamData, ThrowOnError>) => (options.client ?? client).get<ListTeamResponses, ListTeamErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/team',
    ...options
});

/**
 * Take somebody out of the team
 */
export const removeFromTeam = <ThrowOnError extends boolean = false>(options: Options<RemoveFromTeamData, ThrowOnError>) => (options.client ?? client).delete<RemoveFromTeamResponses, RemoveFromTeamErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/team/{user_id}',
    ...options
});

/**
 * Give somebody another role
 */
export const changeRole = <ThrowOnError extends boolean = false>(options: Options<ChangeRoleData, ThrowOnError>) => (options.client ?? client).patch<ChangeRoleResponses, ChangeRoleErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/team/{user_id}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Suspend somebody
 */
export const suspendFromTeam = <ThrowOnError extends boolean = false>(options: Options<SuspendFromTeamData, ThrowOnError>) => (options.client ?? client).post<SuspendFromTeamResponses, SuspendFromTeamErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/team/{user_id}/suspend',
    ...options
});

/**
 * End a suspension
 */
export const unsuspendFromTeam = <ThrowOnError extends boolean = false>(options: Options<UnsuspendFromTeamData, ThrowOnError>) => (options.client ?? client).post<UnsuspendFromTeamResponses, UnsuspendFromTeamErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/team/{user_id}/unsuspend',
    ...options
});

/**
 * Hand the organization over
 */
export const transferOrganization = <ThrowOnError extends boolean = false>(options: Options<TransferOrganizationData, ThrowOnError>) => (options.client ?? client).post<TransferOrganizationResponses, TransferOrganizationErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/transfer',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Read quotas and what is used of them
 */
export const getUsage = <ThrowOnError extends boolean = false>(options: Options<GetUsageData, ThrowOnError>) => (options.client ?? client).get<GetUsageResponses, GetUsageErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/organizations/{slug}/usage',
    ...options
});

/**
 * List posts
 *
 * The list of posts. `tag`: a tag's slug.
 */
export const listPosts = <ThrowOnError extends boolean = false>(options?: Options<ListPostsData, ThrowOnError>) => (options?.client ?? client).get<ListPostsResponses, ListPostsErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts',
    ...options
});

/**
 * Write a draft
 */
export const createPost = <ThrowOnError extends boolean = false>(options: Options<CreatePostData, ThrowOnError>) => (options.client ?? client).post<CreatePostResponses, CreatePostErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Delete a post
 */
export const deletePost = <ThrowOnError extends boolean = false>(options: Options<DeletePostData, ThrowOnError>) => (options.client ?? client).delete<DeletePostResponses, DeletePostErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts/{post_id}',
    ...options
});

/**
 * Read a post
 */
export const getPost = <ThrowOnError extends boolean = false>(options: Options<GetPostData, ThrowOnError>) => (options.client ?? client).get<GetPostResponses, GetPostErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts/{post_id}',
    ...options
});

/**
 * Save a post
 */
export const changePost = <ThrowOnError extends boolean = false>(options: Options<ChangePostData, ThrowOnError>) => (options.client ?? client).patch<ChangePostResponses, ChangePostErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts/{post_id}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Archive a post
 */
export const archivePost = <ThrowOnError extends boolean = false>(options: Options<ArchivePostData, ThrowOnError>) => (options.client ?? client).post<ArchivePostResponses, ArchivePostErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts/{post_id}/archive',
    ...options
});

/**
 * List the comments on a post
 *
 * Without `parent_id` the comments, newest first; with it the replies to one, oldest first.
 */
export const listPostComments = <ThrowOnError extends boolean = false>(options: Options<ListPostCommentsData, ThrowOnError>) => (options.client ?? client).get<ListPostCommentsResponses, ListPostCommentsErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts/{post_id}/comments',
    ...options
});

/**
 * Comment on a post
 */
export const commentOnPost = <ThrowOnError extends boolean = false>(options: Options<CommentOnPostData, ThrowOnError>) => (options.client ?? client).post<CommentOnPostResponses, CommentOnPostErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts/{post_id}/comments',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Take back a like of a post
 */
export const unlikePost = <ThrowOnError extends boolean = false>(options: Options<UnlikePostData, ThrowOnError>) => (options.client ?? client).delete<UnlikePostResponses, UnlikePostErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts/{post_id}/like',
    ...options
});

/**
 * Like a post
 */
export const likePost = <ThrowOnError extends boolean = false>(options: Options<LikePostData, ThrowOnError>) => (options.client ?? client).put<LikePostResponses, LikePostErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts/{post_id}/like',
    ...options
});

/**
 * Make a link to a post that nobody else finds
 */
export const previewPost = <ThrowOnError extends boolean = false>(options: Options<PreviewPostData, ThrowOnError>) => (options.client ?? client).post<PreviewPostResponses, PreviewPostErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts/{post_id}/preview',
    ...options
});

/**
 * Publish a post
 */
export const publishPost = <ThrowOnError extends boolean = false>(options: Options<PublishPostData, ThrowOnError>) => (options.client ?? client).post<PublishPostResponses, PublishPostErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts/{post_id}/publish',
    ...options
});

/**
 * List the revisions of a post
 *
 * The list of a post's revisions.
 */
export const listRevisions = <ThrowOnError extends boolean = false>(options: Options<ListRevisionsData, ThrowOnError>) => (options.client ?? client).get<ListRevisionsResponses, ListRevisionsErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts/{post_id}/revisions',
    ...options
});

/**
 * Read and compare a revision
 *
 * Which revision to compare with; by default the kept one before.
 */
export const getRevision = <ThrowOnError extends boolean = false>(options: Options<GetRevisionData, ThrowOnError>) => (options.client ?? client).get<GetRevisionResponses, GetRevisionErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts/{post_id}/revisions/{number}',
    ...options
});

/**
 * Make a revision the newest again
 */
export const restoreRevision = <ThrowOnError extends boolean = false>(options: Options<RestoreRevisionData, ThrowOnError>) => (options.client ?? client).post<RestoreRevisionResponses, RestoreRevisionErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts/{post_id}/revisions/{number}/restore',
    ...options
});

/**
 * Publish a post later
 */
export const schedulePost = <ThrowOnError extends boolean = false>(options: Options<SchedulePostData, ThrowOnError>) => (options.client ?? client).post<SchedulePostResponses, SchedulePostErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts/{post_id}/schedule',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Take a post back to draft
 */
export const unpublishPost = <ThrowOnError extends boolean = false>(options: Options<UnpublishPostData, ThrowOnError>) => (options.client ?? client).post<UnpublishPostResponses, UnpublishPostErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/posts/{post_id}/unpublish',
    ...options
});

/**
 * Read a post by a preview link
 */
export const readPreview = <ThrowOnError extends boolean = false>(options: Options<ReadPreviewData, ThrowOnError>) => (options.client ?? client).get<ReadPreviewResponses, ReadPreviewErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/previews/{token}',
    ...options
});

/**
 * List an organization's tags
 *
 * Whose tags.
 */
export const listTags = <ThrowOnError extends boolean = false>(options?: Options<ListTagsData, ThrowOnError>) => (options?.client ?? client).get<ListTagsResponses, ListTagsErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/tags',
    ...options
});

/**
 * Take a tag from all posts
 */
export const removeTag = <ThrowOnError extends boolean = false>(options: Options<RemoveTagData, ThrowOnError>) => (options.client ?? client).delete<RemoveTagResponses, RemoveTagErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/tags/{tag_id}',
    ...options
});

/**
 * Rename or describe a tag
 */
export const changeTag = <ThrowOnError extends boolean = false>(options: Options<ChangeTagData, ThrowOnError>) => (options.client ?? client).patch<ChangeTagResponses, ChangeTagErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/tags/{tag_id}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Give a tag's posts to another tag
 */
export const mergeTag = <ThrowOnError extends boolean = false>(options: Options<MergeTagData, ThrowOnError>) => (options.client ?? client).post<MergeTagResponses, MergeTagErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/tags/{tag_id}/merge',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * List your unfinished uploads
 *
 * One's own unfinished uploads.
 */
export const listUploads = <ThrowOnError extends boolean = false>(options?: Options<ListUploadsData, ThrowOnError>) => (options?.client ?? client).get<ListUploadsResponses, ListUploadsErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/uploads',
    ...options
});

/**
 * Ask what the server offers
 */
export const getUploadOptions = <ThrowOnError extends boolean = false>(options?: Options<GetUploadOptionsData, ThrowOnError>) => (options?.client ?? client).options<GetUploadOptionsResponses, GetUploadOptionsErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/uploads',
    ...options
});

/**
 * Begin an upload, with its first bytes if you like
 */
export const beginUpload = <ThrowOnError extends boolean = false>(options?: Options<BeginUploadData, ThrowOnError>) => (options?.client ?? client).post<BeginUploadResponses, BeginUploadErrors, ThrowOnError>({
    bodySerializer: null,
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/uploads',
    ...options,
    headers: {
        'Content-Type': 'application/offset+octet-stream',
        ...options?.headers
    }
});

/**
 * Give an upload up
 */
export const cancelUpload = <ThrowOnError extends boolean = false>(options: Options<CancelUploadData, ThrowOnError>) => (options.client ?? client).delete<CancelUploadResponses, CancelUploadErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/uploads/{upload_id}',
    ...options
});

/**
 * Read an upload; HEAD says where to go on
 */
export const getUpload = <ThrowOnError extends boolean = false>(options: Options<GetUploadData, ThrowOnError>) => (options.client ?? client).get<GetUploadResponses, GetUploadErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/uploads/{upload_id}',
    ...options
});

/**
 * Send the next bytes
 */
export const sendUploadBytes = <ThrowOnError extends boolean = false>(options: Options<SendUploadBytesData, ThrowOnError>) => (options.client ?? client).patch<SendUploadBytesResponses, SendUploadBytesErrors, ThrowOnError>({
    bodySerializer: null,
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/uploads/{upload_id}',
    ...options,
    headers: {
        'Content-Type': 'application/offset+octet-stream',
        ...options.headers
    }
});

/**
 * Delete one's own account
 */
export const deleteMe = <ThrowOnError extends boolean = false>(options?: Options<DeleteMeData, ThrowOnError>) => (options?.client ?? client).delete<DeleteMeResponses, DeleteMeErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/users/me',
    ...options
});

/**
 * Read one's own account
 */
export const getMe = <ThrowOnError extends boolean = false>(options?: Options<GetMeData, ThrowOnError>) => (options?.client ?? client).get<GetMeResponses, GetMeErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/users/me',
    ...options
});

/**
 * Change one's own account
 */
export const changeMe = <ThrowOnError extends boolean = false>(options: Options<ChangeMeData, ThrowOnError>) => (options.client ?? client).patch<ChangeMeResponses, ChangeMeErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/users/me',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Read an author's profile
 */
export const getProfile = <ThrowOnError extends boolean = false>(options: Options<GetProfileData, ThrowOnError>) => (options.client ?? client).get<GetProfileResponses, GetProfileErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/users/{slug}',
    ...options
});

/**
 * List videos
 *
 * The list of videos.
 */
export const listVideos = <ThrowOnError extends boolean = false>(options?: Options<ListVideosData, ThrowOnError>) => (options?.client ?? client).get<ListVideosResponses, ListVideosErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos',
    ...options
});

/**
 * Upload a video in one request
 */
export const uploadVideo = <ThrowOnError extends boolean = false>(options: Options<UploadVideoData, ThrowOnError>) => (options.client ?? client).post<UploadVideoResponses, UploadVideoErrors, ThrowOnError>({
    ...formDataBodySerializer,
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos',
    ...options,
    headers: {
        'Content-Type': null,
        ...options.headers
    }
});

/**
 * Delete a video and its files
 */
export const deleteVideo = <ThrowOnError extends boolean = false>(options: Options<DeleteVideoData, ThrowOnError>) => (options.client ?? client).delete<DeleteVideoResponses, DeleteVideoErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}',
    ...options
});

/**
 * Read a video
 */
export const getVideo = <ThrowOnError extends boolean = false>(options: Options<GetVideoData, ThrowOnError>) => (options.client ?? client).get<GetVideoResponses, GetVideoErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}',
    ...options
});

/**
 * Save a video
 */
export const changeVideo = <ThrowOnError extends boolean = false>(options: Options<ChangeVideoData, ThrowOnError>) => (options.client ?? client).patch<ChangeVideoResponses, ChangeVideoErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Archive a video
 */
export const archiveVideo = <ThrowOnError extends boolean = false>(options: Options<ArchiveVideoData, ThrowOnError>) => (options.client ?? client).post<ArchiveVideoResponses, ArchiveVideoErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}/archive',
    ...options
});

/**
 * Stop the processing of a video
 */
export const cancelVideo = <ThrowOnError extends boolean = false>(options: Options<CancelVideoData, ThrowOnError>) => (options.client ?? client).post<CancelVideoResponses, CancelVideoErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}/cancel',
    ...options
});

/**
 * Remove captions
 */
export const deleteCaption = <ThrowOnError extends boolean = false>(options: Options<DeleteCaptionData, ThrowOnError>) => (options.client ?? client).delete<DeleteCaptionResponses, DeleteCaptionErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}/captions/{lang}',
    ...options
});

/**
 * Add or replace captions (WebVTT or SubRip)
 *
 * What comes with the text: how players name the track (else by its language).
 */
export const putCaption = <ThrowOnError extends boolean = false>(options: Options<PutCaptionData, ThrowOnError>) => (options.client ?? client).put<PutCaptionResponses, PutCaptionErrors, ThrowOnError>({
    bodySerializer: null,
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}/captions/{lang}',
    ...options,
    headers: {
        'Content-Type': 'text/vtt',
        ...options.headers
    }
});

/**
 * List the comments on a video
 *
 * Without `parent_id` the comments, newest first; with it the replies to one, oldest first.
 */
export const listVideoComments = <ThrowOnError extends boolean = false>(options: Options<ListVideoCommentsData, ThrowOnError>) => (options.client ?? client).get<ListVideoCommentsResponses, ListVideoCommentsErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}/comments',
    ...options
});

/**
 * Comment on a video
 */
export const commentOnVideo = <ThrowOnError extends boolean = false>(options: Options<CommentOnVideoData, ThrowOnError>) => (options.client ?? client).post<CommentOnVideoResponses, CommentOnVideoErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}/comments',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Take back a like of a video
 */
export const unlikeVideo = <ThrowOnError extends boolean = false>(options: Options<UnlikeVideoData, ThrowOnError>) => (options.client ?? client).delete<UnlikeVideoResponses, UnlikeVideoErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}/like',
    ...options
});

/**
 * Like a video
 */
export const likeVideo = <ThrowOnError extends boolean = false>(options: Options<LikeVideoData, ThrowOnError>) => (options.client ?? client).put<LikeVideoResponses, LikeVideoErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}/like',
    ...options
});

/**
 * Get the addresses that a player needs
 */
export const getPlayback = <ThrowOnError extends boolean = false>(options: Options<GetPlaybackData, ThrowOnError>) => (options.client ?? client).get<GetPlaybackResponses, GetPlaybackErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}/playback',
    ...options
});

/**
 * Go back to the automatic poster of a video
 */
export const deletePoster = <ThrowOnError extends boolean = false>(options: Options<DeletePosterData, ThrowOnError>) => (options.client ?? client).delete<DeletePosterResponses, DeletePosterErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}/poster',
    ...options
});

/**
 * Replace the poster of a video
 */
export const putPoster = <ThrowOnError extends boolean = false>(options: Options<PutPosterData, ThrowOnError>) => (options.client ?? client).put<PutPosterResponses, PutPosterErrors, ThrowOnError>({
    ...formDataBodySerializer,
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}/poster',
    ...options,
    headers: {
        'Content-Type': null,
        ...options.headers
    }
});

/**
 * Publish a video
 */
export const publishVideo = <ThrowOnError extends boolean = false>(options: Options<PublishVideoData, ThrowOnError>) => (options.client ?? client).post<PublishVideoResponses, PublishVideoErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}/publish',
    ...options
});

/**
 * Make what is missing of a failed or cancelled video
 */
export const retryVideo = <ThrowOnError extends boolean = false>(options: Options<RetryVideoData, ThrowOnError>) => (options.client ?? client).post<RetryVideoResponses, RetryVideoErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}/retry',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Publish a video later
 */
export const scheduleVideo = <ThrowOnError extends boolean = false>(options: Options<ScheduleVideoData, ThrowOnError>) => (options.client ?? client).post<ScheduleVideoResponses, ScheduleVideoErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}/schedule',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Take a video back to draft
 */
export const unpublishVideo = <ThrowOnError extends boolean = false>(options: Options<UnpublishVideoData, ThrowOnError>) => (options.client ?? client).post<UnpublishVideoResponses, UnpublishVideoErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}/unpublish',
    ...options
});

/**
 * Say that the video plays, every ten seconds
 */
export const recordView = <ThrowOnError extends boolean = false>(options: Options<RecordViewData, ThrowOnError>) => (options.client ?? client).post<RecordViewResponses, RecordViewErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/videos/{video_id}/views',
    ...options
});

/**
 * Whether the process answers
 */
export const getHealth = <ThrowOnError extends boolean = false>(options?: Options<GetHealthData, ThrowOnError>) => (options?.client ?? client).get<GetHealthResponses, GetHealthErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/healthz',
    ...options
});

/**
 * Whether every part is there
 */
export const getReadiness = <ThrowOnError extends boolean = false>(options?: Options<GetReadinessData, ThrowOnError>) => (options?.client ?? client).get<GetReadinessResponses, GetReadinessErrors, ThrowOnError>({
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/readyz',
    ...options
});
