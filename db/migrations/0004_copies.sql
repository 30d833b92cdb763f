-- What documents are recognised by, and which pairs were found to tell the same text.

create table signatures (
  document_id text primary key references documents(id),
  anchors integer not null,        -- how many numbers and names it has
  signature text not null          -- JSON, see nlp/copies.py
);

create table copy_keys (
  key text not null,               -- n: a number, a: a name, s: a shingle, t: a title
  day integer not null,            -- days since 1970-01-01; -1: no date known
  document_id text not null references documents(id),
  primary key (key, day, document_id)
) without rowid;

create index copy_keys_by_document on copy_keys (document_id);

create table copy_links (
  document_id text not null references documents(id),   -- the smaller id of the two
  other_id text not null references documents(id),
  relation text not null,          -- copy | rewrite | same story
  primary key (document_id, other_id)
) without rowid;

create index copy_links_by_other on copy_links (other_id);

create table drifts (
  id integer primary key,
  document_id text not null references documents(id),   -- the copy
  head_document_id text not null references documents(id),
  kind text not null,              -- number | attribution
  head text not null, copy text not null,               -- as printed in each
  head_start integer not null, head_end integer not null,
  copy_start integer not null, copy_end integer not null,
  noted_at text not null
);

create index drifts_by_document on drifts (document_id);
