import { z } from 'zod';
import { SnapshotShape } from '../../database/SnapshotStore';
import { KnownDifference, KnownRevision } from './applyCommits';

const text = z.string();
const reason = z.object({ reason: text, until: z.number().optional() });
const fact = <T extends z.ZodType>(known: T) =>
  z.array(z.tuple([text, z.union([known, reason])]));

/** What was found out about releases, as it is saved over a restart. */
export const savedCommits = z.object({
  revisions: fact(z.object({ revision: text })),
  differences: fact(
    z.object({
      missing: z.array(
        z.object({
          sha: text,
          author: text,
          committedAt: text,
          subject: text,
          url: text.optional(),
        }),
      ),
      totals: z.object({ missing: z.number(), extra: z.number() }),
    }),
  ),
}) satisfies SnapshotShape<{
  revisions: Array<[string, KnownRevision]>;
  differences: Array<[string, KnownDifference]>;
}>;
