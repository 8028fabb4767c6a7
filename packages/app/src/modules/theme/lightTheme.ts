import { COLOURS } from './colours';
import { createFairwayTheme } from './createFairwayTheme';

export const lightTheme = createFairwayTheme('light', COLOURS.light);
