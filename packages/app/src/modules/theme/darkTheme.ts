import { COLOURS } from './colours';
import { createFairwayTheme } from './createFairwayTheme';

export const darkTheme = createFairwayTheme('dark', COLOURS.dark);
