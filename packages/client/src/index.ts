/** Every call of the API as a function, and the types of what goes in and out. */
export * from './generated/index.js';
export { client } from './generated/client.gen.js';
export { createClient, createConfig, type Client, type Config } from './generated/client/index.js';
export { follow, type FollowOptions } from './events.js';
