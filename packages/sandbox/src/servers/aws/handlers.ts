import { AwsWorld } from '../../world/aws/AwsWorld';

/** Who calls, and where. */
export interface CallContext {
  accountId: string;
  region: string;
  /** ARN of the user or of the assumed role. */
  callerArn: string;
  /** Unique id of the user or of the assumed role. */
  callerId: string;
  /** Whether the call was signed with temporary credentials. */
  isSession?: boolean;
  aws: AwsWorld;
}

interface CommandOf<Input, Output> {
  readonly input: Input;
  resolveMiddleware(
    stack: any,
    configuration: any,
    options: any,
  ): (args: any) => Promise<{ output: Output; response: unknown }>;
}

type InputOf<Command> = Command extends CommandOf<infer Input, any>
  ? Input
  : never;
type OutputOf<Command> = Command extends CommandOf<any, infer Output>
  ? Output
  : never;

/**
 * What a service of the sandbox can do: one function for each operation served,
 * with the input and output types of the service's own SDK client.
 *
 * A handler throws `AwsError` to refuse.
 */
export type Handlers<Sdk> = {
  [Name in keyof Sdk as Name extends `${infer Operation}Command`
    ? Operation
    : never]?: Sdk[Name] extends new (...args: any[]) => infer Command
    ? (
        input: InputOf<Command>,
        context: CallContext,
      ) =>
        | Omit<OutputOf<Command>, '$metadata'>
        | Promise<Omit<OutputOf<Command>, '$metadata'>>
    : never;
};

/** A handler as the server sees it, its types left at the door. */
export type AnyHandler = (
  input: Record<string, unknown>,
  context: CallContext,
) => object | Promise<object>;
