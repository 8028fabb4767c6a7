'use client';

import { useId, useState } from 'react';

/** The example that came with the frontend: greets whoever types a name. */
export function Greeting() {
  const id = useId();
  const [name, setName] = useState('');
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
      }}
    >
      <label htmlFor={id}>Your name</label>{' '}
      <input
        id={id}
        value={name}
        maxLength={80}
        autoComplete="given-name"
        onChange={event => {
          setName(event.target.value);
        }}
      />
      <output htmlFor={id} aria-live="polite">
        {name.trim() && ` Hello, ${name.trim()}!`}
      </output>
    </form>
  );
}
