-- With an index on ids alone, a page of a chat that has ended could be planned as a walk over all that was said elsewhere since.

ALTER TABLE chat_message DROP CONSTRAINT chat_message_pkey, ADD PRIMARY KEY (stream_id, id);
