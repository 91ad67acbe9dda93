/** The same types as zod schemas: `zPost`, `zProblem`, `zEvent` … */
export * from './generated/zod.gen.js';
