// Writes src/generated (or the folder named as argument) from the API's OpenAPI document.
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@hey-api/openapi-ts';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = process.argv[2] ?? here('src/generated');
const text = await readFile(here('../../docs/openapi.json'), 'utf8');
const document = JSON.parse(text);

// Every error is the same `Problem`: said once for each operation, not once for each status.
for (const operations of Object.values(document.paths)) {
  for (const { responses } of Object.values(operations)) {
    for (const status of Object.keys(responses)) {
      const content = responses[status].content ?? {};
      if (status >= '400' && 'application/problem+json' in content) {
        responses.default = { description: 'A problem', content };
        delete responses[status];
      }
    }
  }
}
// The members' own `type` tells them apart: without this, each would be intersected with it once more.
delete document.components.schemas.Event.discriminator;

/** A file is a Blob, not a text. */
function fileSchema({ $, schema, symbols }) {
  return schema.format === 'binary' ? $(symbols.z).attr('instanceof').call('Blob') : undefined;
}

await createClient({
  input: document,
  output: { path: folder, module: { extension: '.js' }, header: '// Generated from docs/openapi.json: `make client` writes it.' },
  logs: { level: 'silent' },
  plugins: [
    '@hey-api/client-fetch',
    { name: '@hey-api/typescript', enums: false },
    '@hey-api/sdk',
    { name: 'zod', dates: { offset: true }, '~resolvers': { string: fileSchema } },
  ],
});
// The generator writes the line separators of a pattern as themselves, which ends a regular expression.
for (const name of await readdir(folder, { recursive: true })) {
  if (name.endsWith('.ts')) {
    const source = await readFile(join(folder, name), 'utf8');
    const escape = (character) => `\\u${character.charCodeAt(0).toString(16)}`;
    await writeFile(join(folder, name), source.replace(/[\u2028-\u202e\u2066-\u2069]/g, escape));
  }
}
const checksum = createHash('sha256').update(text).digest('hex');
await writeFile(join(folder, 'openapi.sha256'), `${checksum}\n`);
