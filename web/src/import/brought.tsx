/** What a profile has brought for itself, newest first, each with a button that deletes it. */
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { shownSize } from '../lib/size.ts';
import { Icon } from '../ui/icon.tsx';
import { Section } from '../ui/section.tsx';
import { deleteBrought, fetchBrought, type Audience, type BroughtStream } from './calls.ts';

type ProfileAudience = Audience & { readonly kind: 'profile' };

/** What queries of this section begin with. */
export const BROUGHT = ['brought'] as const;

export function BroughtSection({ audience }: { readonly audience: ProfileAudience }) {
  const client = useQueryClient();
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: [...BROUGHT, audience.profile, audience.ownerKey],
    queryFn: ({ pageParam, signal }) => fetchBrought(audience, pageParam, signal),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
    retry: false,
  });
  const remove = useMutation({
    mutationFn: ({ id }: BroughtStream) => deleteBrought(audience, id),
    onSuccess: () => {
      document.getElementById('brought')?.focus({ preventScroll: true });
      return client.invalidateQueries({ queryKey: BROUGHT });
    },
  });
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const [first] = data?.pages ?? [];
  const lede =
    first === undefined
      ? 'Streams that this profile alone is shown.'
      : `${first.total} of ${first.max} streams that this profile alone is shown.`;
  return (
    <Section id="brought" title="Yours so far" lede={lede}>
      {error !== null && (
        <p className="notice is-problem" role="alert">
          {error.message}
        </p>
      )}
      {remove.isError && (
        <p className="problem" role="alert">
          {remove.error.message}
        </p>
      )}
      {first !== undefined && items.length === 0 && <p className="hint">None yet.</p>}
      <ul className="brought">
        {items.map((item) => (
          <li key={item.id}>
            <span>
              <strong>
                {item.title.name} {item.title.year !== null && `(${item.title.year})`}
              </strong>
              <span className="check-note">
                {item.name} {item.size > 0 && `· ${shownSize(item.size)}`}
              </span>
            </span>
            <button
              type="button"
              className="button icon-only"
              aria-label={`Delete ${item.name}`}
              aria-disabled={remove.isPending}
              onClick={() => !remove.isPending && remove.mutate(item)}
            >
              <Icon name="trash" />
            </button>
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <p>
          <button type="button" className="button" onClick={() => void fetchNextPage()}>
            Show more
          </button>
        </p>
      )}
    </Section>
  );
}
