/** Two channel buoys and the water between them. */
export const LogoMark = ({ size = 28 }: { size?: number }) => (
  <svg
    width={size}
    height={size}
    viewBox="0 0 32 32"
    role="img"
    aria-label="Fairway"
  >
    <path d="M5 21 9 8h2l4 13z" fill="#e5574f" />
    <path d="M17 21V11a3 3 0 0 1 3-3h4a3 3 0 0 1 3 3v10z" fill="#2fae74" />
    <path
      d="M2 24c2.3 0 2.3 2 4.7 2s2.3-2 4.6-2 2.4 2 4.7 2 2.3-2 4.7-2 2.3 2 4.6 2 2.4-2 4.7-2"
      fill="none"
      stroke="#57d3bf"
      strokeWidth="2"
      strokeLinecap="round"
    />
  </svg>
);

/** The mark with the name. */
export const LogoFull = () => (
  <span style={{ display: 'flex', alignItems: 'center', gap: 12 }}>
    <LogoMark />
    <span
      style={{
        color: '#ffffff',
        fontSize: 20,
        fontWeight: 600,
        letterSpacing: '0.01em',
      }}
    >
      Fairway
    </span>
  </span>
);
