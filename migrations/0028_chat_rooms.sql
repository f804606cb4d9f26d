-- Rooms of chats, who said what, and whom owners let speak.

CREATE TABLE chat_room (
  stream_id uuid PRIMARY KEY REFERENCES live_stream,
  sequence bigint NOT NULL DEFAULT 0,
  slow_mode_s integer NOT NULL DEFAULT 0 CHECK (slow_mode_s BETWEEN 0 AND 3600),
  followers_only boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE chat_room IS 'One for each live stream that somebody spoke beside. Whoever adds messages holds its row: ids become visible in their order.';
COMMENT ON COLUMN chat_room.sequence IS 'Messages so far: a process that heard of all up to a number knows when it has missed some.';
COMMENT ON COLUMN chat_room.slow_mode_s IS 'Seconds that an author waits between two messages; 0: as all may.';
COMMENT ON COLUMN chat_room.followers_only IS 'Only who is in chat_follower may speak, and the owner.';

ALTER TABLE chat_message
  ADD COLUMN author_id text CHECK (length(author_id) = 22),
  ADD COLUMN address_id text CHECK (length(address_id) = 22),
  ADD COLUMN is_owner boolean NOT NULL DEFAULT false,
  ADD COLUMN ref uuid;
COMMENT ON TABLE chat_message IS 'Chat of live streams. Ids of one stream become visible in their order: whoever adds holds the room''s row.';
COMMENT ON COLUMN chat_message.author_id IS 'Keyed digest of the key that the sender''s client keeps, or of its address; null before there were any.';
COMMENT ON COLUMN chat_message.address_id IS 'Keyed digest of the address that it came from.';
COMMENT ON COLUMN chat_message.is_owner IS 'Said with the owner key of the stream.';
COMMENT ON COLUMN chat_message.ref IS 'Chosen by the sender: a message that is sent again is not stored again.';
CREATE UNIQUE INDEX chat_message_by_ref ON chat_message (stream_id, ref) WHERE ref IS NOT NULL;
COMMENT ON INDEX chat_message_by_ref IS 'chat.add, chat.replayed';
CREATE INDEX chat_message_by_author ON chat_message (stream_id, author_id, created_at DESC);
COMMENT ON INDEX chat_message_by_author IS 'chat.add';
CREATE INDEX chat_message_deleted ON chat_message (stream_id, deleted_at) WHERE deleted_at IS NOT NULL;
COMMENT ON INDEX chat_message_deleted IS 'chat.deleted';

CREATE TABLE chat_sanction (
  owner text NOT NULL CHECK (length(owner) = 32),
  subject text NOT NULL CHECK (length(subject) = 22),
  kind text NOT NULL CHECK (kind IN ('muted', 'banned')),
  until timestamptz,
  PRIMARY KEY (owner, subject)
);
COMMENT ON TABLE chat_sanction IS 'Who may not speak beside all streams of an owner.';
COMMENT ON COLUMN chat_sanction.subject IS 'An author_id or address_id of chat_message.';
COMMENT ON COLUMN chat_sanction.kind IS 'muted: may read; banned: may not connect either.';
COMMENT ON COLUMN chat_sanction.until IS 'Null: until the owner lifts it.';

CREATE TABLE chat_follower (
  owner text NOT NULL CHECK (length(owner) = 32),
  author_id text NOT NULL CHECK (length(author_id) = 22),
  PRIMARY KEY (owner, author_id)
);
COMMENT ON TABLE chat_follower IS 'Authors whom an owner named: they speak where only followers may.';
