import { ReactNode, useEffect, useId, useRef } from 'react';
import { BgProvider } from '@backstage/ui';
import { RiCloseLine } from '@remixicon/react';
import styles from './Drawer.module.css';

/** Props of {@link Drawer}. */
export interface DrawerProps {
  title: ReactNode;
  children: ReactNode;
  /** Names what is shown; when it changes, the drawer takes the focus again. */
  focusKey: string;
  onClose: () => void;
}

/**
 * A panel beside the page, which stays usable. Takes the focus when it opens,
 * closes on Escape, and gives the focus back to where it came from.
 */
export function Drawer(props: DrawerProps) {
  const { title, children, focusKey, onClose } = props;
  const titleId = useId();
  const panel = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  const opener = useRef<HTMLElement>();

  useEffect(() => {
    const active = document.activeElement;
    if (active instanceof HTMLElement && !panel.current?.contains(active)) {
      opener.current = active;
    }
    panel.current?.focus();
  }, [focusKey]);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) close.current();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
      if (opener.current?.isConnected) opener.current.focus();
    };
  }, []);

  return (
    <div
      ref={panel}
      className={styles.drawer}
      role="dialog"
      aria-labelledby={titleId}
      tabIndex={-1}
    >
      <header className={styles.header}>
        <h2 id={titleId} className={styles.title}>
          {title}
        </h2>
        <button
          type="button"
          className={styles.close}
          onClick={onClose}
          aria-label="Close"
          title="Close (Esc)"
        >
          <RiCloseLine size={18} aria-hidden />
        </button>
      </header>
      <BgProvider bg="neutral-1">
        <div className={styles.body}>{children}</div>
      </BgProvider>
    </div>
  );
}
