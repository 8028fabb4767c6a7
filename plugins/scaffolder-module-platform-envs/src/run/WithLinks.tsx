import { Link } from '@backstage/core-components';
import { Fragment } from 'react';

/** Pages of the portal that a step may name; an id ends where a word does. */
const REMOVAL_PAGE = /(\/removals\/\w+)/;

/** What a step says, in which pages of the portal can be opened. */
export function WithLinks({ text }: { text: string }) {
  const parts = text.split(REMOVAL_PAGE).map((part, index) =>
    index % 2 === 1 ? (
      <Link key={part} to={part}>
        {part}
      </Link>
    ) : (
      <Fragment key={`text ${part}`}>{part}</Fragment>
    ),
  );
  return <>{parts}</>;
}
