import { type ExecutionArgs, getOperationAST, GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Context } from './context.ts';
import type { Metrics } from '../metrics.ts';

/**
 * Counts and times operations: an answer with an error is a 200 to HTTP. Those
 * that never ran, because they are not of the schema, are counted as refused.
 * What went wrong by our fault is logged.
 */
export function observeOperations(metrics: Metrics): Plugin<Context> {
  return {
    onValidate:
      () =>
      ({ valid }) => {
        if (!valid) {
          metrics.operations.inc({ type: 'unknown', result: 'refused' });
        }
      },
    onExecute: ({ args }) => {
      const { document, operationName, contextValue } = args as Execution;
      const type =
        getOperationAST(document, operationName)?.operation ?? 'unknown';
      const end = metrics.operationDuration.startTimer({ type });
      return {
        onExecuteDone: ({ result }) => {
          end();
          const failures = isAsyncIterable(result)
            ? []
            : (result.errors ?? []).filter(isUnexpected);
          for (const err of failures) {
            contextValue.log.error({ err, operationName }, 'operation failed');
          }
          metrics.operations.inc({
            type,
            result: failures.length > 0 ? 'failed' : 'ok',
          });
        },
      };
    },
  };
}

type Execution = ExecutionArgs & { contextValue: Context };

/** What resolvers throw on purpose is a GraphQLError; all else is our fault. */
function isUnexpected({ originalError }: GraphQLError): boolean {
  return (
    originalError !== undefined && !(originalError instanceof GraphQLError)
  );
}
