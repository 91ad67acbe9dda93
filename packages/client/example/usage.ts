import { client, createPost, follow, publishPost, signIn } from '@marquee/client';
import { zEvent } from '@marquee/client/zod';

export async function announce(baseUrl: string, email: string, password: string, title: string): Promise<string> {
  client.setConfig({ baseUrl });
  const { data: session, error } = await signIn({ body: { email, password } });
  if (!session) throw new Error(error.detail, { cause: error.errors });
  client.setConfig({ auth: () => session.access_token });

  const { data: draft } = await createPost({ body: { title }, throwOnError: true });
  await publishPost({ path: { post_id: draft.id }, throwOnError: true });
  for await (const event of follow({ after: '0' })) {
    const known = zEvent.safeParse(event).data;
    if (known?.type === 'post.published' && known.data.id === draft.id) return known.data.slug;
  }
  throw new Error('nobody follows any more');
}
