import { client as sharedClient } from './generated/client.gen.js';
import type { Client } from './generated/client/index.js';
import { followEvents } from './generated/sdk.gen.js';
import type { Event, Problem } from './generated/types.gen.js';

const PAUSE_MS = 2000;
const TOO_MANY = 429;

export interface FollowOptions {
  client?: Client;
  /** Only these subjects, such as `video:<id>`, and one's own; all of the organization's without. */
  topics?: readonly string[];
  /** Where to go on: `0` is the oldest event kept. Without it, what happens from now on. */
  after?: string;
  signal?: AbortSignal;
  /** Between the end of a connection and the next one. */
  pauseMs?: number;
}

/**
 * The events as they happen. A connection that breaks or ends is opened again, with a new token of the client's
 * `auth`, and goes on where it was. Throws the `Problem` when the server refuses.
 */
export async function* follow(options: FollowOptions = {}): AsyncGenerator<Event> {
  const { client = sharedClient, topics, after, signal, pauseMs = PAUSE_MS } = options;
  let place = after;
  let refusal: Problem | undefined;
  const ask: typeof fetch = async (...request) => {
    const response = await (client.getConfig().fetch ?? fetch)(...request);
    const isRefused = response.status >= 400 && response.status < 500 && response.status !== TOO_MANY;
    if (isRefused) refusal = (await response.clone().json()) as Problem;
    return response;
  };
  while (!signal?.aborted) {
    const { stream } = await followEvents({
      client,
      query: { ...(topics && { topics: topics.join(',') }), ...(place !== undefined && { after: place }) },
      signal: signal ?? null,
      fetch: ask,
      sseMaxRetryAttempts: 1,
      onSseEvent: ({ id }) => {
        place = id ?? place;
      },
    });
    yield* stream;
    if (refusal) throw refusal;
    await new Promise((resume) => setTimeout(resume, pauseMs));
  }
}
