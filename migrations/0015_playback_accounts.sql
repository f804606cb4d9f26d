-- Accounts that playback links stand for.

CREATE TABLE playback_account (
  account_id text COLLATE "C" PRIMARY KEY CHECK (length(account_id) = 22),
  sealed bytea NOT NULL,
  profile_id uuid REFERENCES user_profile ON DELETE CASCADE,
  last_used_on date NOT NULL DEFAULT current_date
);
COMMENT ON TABLE playback_account IS 'Services that playback links play with. One that nobody has listed streams with for long is deleted.';
COMMENT ON COLUMN playback_account.account_id IS 'Made of the token in the links, which cannot be made of it (src/lib/install-token/playback-token.ts).';
COMMENT ON COLUMN playback_account.sealed IS 'The entry of the service, sealed with SECRET_KEY and bound to account_id.';
COMMENT ON COLUMN playback_account.profile_id IS 'Of the stored profile that it is in: revoked with it.';
CREATE INDEX playback_account_by_profile ON playback_account (profile_id);
COMMENT ON INDEX playback_account_by_profile IS 'playback.accounts-of-profile';
CREATE INDEX playback_account_by_day ON playback_account (last_used_on);
COMMENT ON INDEX playback_account_by_day IS 'playback.delete-unused';
