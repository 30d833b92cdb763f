-- Statements that a position was closed: each ends the open call of its speaker on that asset.

create table closes (
  id text not null,
  document_id text not null references documents(id),
  start integer not null, "end" integer not null,
  quote text not null,
  speaker text not null default '',
  speaker_id integer references speakers(id),
  organisation text, handle text,
  voice text not null, verbatim integer not null default 0,
  hedged integer not null default 0, negated integer not null default 0,
  conditional integer not null default 0, condition text,
  modality text not null default 'asserted',
  rewritten integer not null default 0,
  confidence real not null, verified integer not null default 0,
  layer text not null, rule text not null default '',
  extractor_version text not null,
  rejected integer not null default 0,   -- by a person
  read_at text, superseded_at text,      -- null: current
  asset text not null, side text not null,
  primary key (id, extractor_version)
);

create unique index closes_current_id on closes(id) where superseded_at is null;
create index closes_document on closes(document_id);
create index closes_speaker on closes(speaker_id, asset);
create index closes_speaker_name on closes(speaker);
create index closes_asset on closes(asset);
create index closes_side on closes(side);

create view current_closes as select * from closes where superseded_at is null;
