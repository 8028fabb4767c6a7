import Link from 'next/link';

export default function NotFound() {
  return (
    <>
      <h1>There is nothing at this address</h1>
      <p>
        <Link href="/">Go to the first page</Link>
      </p>
    </>
  );
}
