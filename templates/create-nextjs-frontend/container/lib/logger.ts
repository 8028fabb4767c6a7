import pino from 'pino';

/** Log lines as JSON, one object a line, with where this runs. */
export const logger = pino({
  level: process.env.LOG_LEVEL || 'info',
  base: { environment: process.env.ENVIRONMENT || 'local' },
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: label => ({ level: label }) },
});
