create table alarms (
  id integer primary key,
  source_id text not null references sources(id),
  condition text not null,        -- failing | stale | gone
  reason text not null,
  since text not null,
  until text                      -- null while it lasts
);

create unique index alarms_open on alarms (source_id, condition) where until is null;
create index alarms_since on alarms (since);
