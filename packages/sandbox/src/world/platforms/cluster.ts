import { SeedDatabase } from './types';

/** One DB cluster of a database. */
export const cluster = (
  id: string,
  region: string,
  instances: number,
): SeedDatabase['clusters'][number] => ({ id, region, instances });
