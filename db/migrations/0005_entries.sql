create table entries (
  source_id text not null references sources(id),
  key text not null,              -- the link, cleaned; else the entry's own id; else title and day
  alias text,
  status text not null,           -- waiting | stored | set_aside
  hint text,                      -- JSON, while waiting
  failures integer not null default 0,
  next_try text,
  last_status text,
  primary key (source_id, key)
) without rowid;

create index entries_alias on entries (source_id, alias) where alias is not null;
create index entries_waiting on entries (source_id, next_try) where status = 'waiting';

alter table sources add column cursor text;
