/** The last value that was there: what is shown while there is none. */
import { useRef } from 'react';

export function useLast<T>(value: T | undefined): T | undefined {
  const last = useRef(value);
  if (value !== undefined) last.current = value;
  return last.current;
}
