-- What people say beside live streams.

CREATE TABLE chat_message (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stream_id uuid NOT NULL REFERENCES live_stream,
  author text NOT NULL CHECK (length(author) BETWEEN 1 AND 40),
  text text NOT NULL CHECK (length(text) BETWEEN 1 AND 500),
  created_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz
);
COMMENT ON TABLE chat_message IS 'Chat of live streams. Ids of one stream become visible in their order: whoever adds holds the stream''s row.';
COMMENT ON COLUMN chat_message.stream_id IS 'Rows of live_stream are marked as deleted and stay: nothing cascades.';
COMMENT ON COLUMN chat_message.author IS 'A name that the sender chose; nobody owns it.';
COMMENT ON COLUMN chat_message.deleted_at IS 'Taken away by the owner of the stream.';
CREATE INDEX chat_message_by_stream ON chat_message (stream_id, id DESC) WHERE deleted_at IS NULL;
COMMENT ON INDEX chat_message_by_stream IS 'chat.page';
