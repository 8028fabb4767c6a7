import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import site from '../site.json';
import './globals.css';

export const metadata: Metadata = site;

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <a className="skip" href="#main">
          Skip to the content
        </a>
        <main id="main">{children}</main>
      </body>
    </html>
  );
}
