-- Times are UTC, ISO 8601 with Z; days are ISO dates; lists and objects are JSON text; booleans are 0 or 1.

create table sources (
  id text primary key,
  name text not null,
  kind text not null,
  url text not null,              -- as configured
  current_url text,               -- after permanent redirects
  publisher text,
  terms text,
  enabled integer not null default 1,
  etag text, last_modified text, body_hash text,
  interval_s integer,
  usual_gap_s integer,
  next_try text,
  failures integer not null default 0,
  last_status text, last_error text, last_ok text, last_new text,
  disabled integer not null default 0
);

create table hosts (
  host text primary key,
  next_allowed text not null,
  failures integer not null default 0
);

create table fetches (
  id integer primary key,
  source_id text references sources(id),
  url text not null,
  at text not null,
  status text not null,
  http_status integer,
  bytes integer not null default 0,
  seconds real not null default 0,
  documents integer not null default 0,
  detail text
);

create table clusters (
  id text primary key,            -- the id of the first document seen in it
  head_document_id text,
  first_published text,
  first_precision text,
  size integer not null default 1
);

create table documents (
  id text primary key,
  kind text not null,
  title text not null default '',
  text text not null,
  url text, canonical_url text,
  source_id text references sources(id),
  publisher text, credited_publisher text,
  authors text not null default '[]',
  handle text,
  published text, published_precision text not null default 'none', published_origin text,
  fetched text,
  language text,
  parent_id text references documents(id),
  extractor_version text,         -- null: claims not read yet
  rewritten integer not null default 0,
  cluster_id text references clusters(id),   -- null: not clustered yet
  copy_kind text                  -- original | copy | rewrite | same story
);

create table speakers (
  id integer primary key,
  name text not null,
  kind text not null default 'person',   -- person | organisation | outlet | handle | group | reference
  organisation text,
  handle text
);

create table speaker_names (
  name text not null,             -- as printed
  context text not null default '',      -- organisation or handle it was printed with
  speaker_id integer not null references speakers(id),
  rule text not null,
  primary key (name, context)
);

create table speaker_merges (
  id integer primary key,
  action text not null,           -- merge | split | rename
  name text not null,             -- as printed
  into_name text not null,
  note text,
  made_at text not null
);

create table corrections (
  id integer primary key,
  claim_id text not null,
  claim_kind text not null,
  field text not null,            -- reject | speaker | asset | stance
  value text,
  old_value text,
  document_id text,
  quote text,                     -- with document and quote a correction finds its claim again after re-reading
  note text,
  made_at text not null
);

create table assets (
  symbol text primary key,
  name text not null,
  kind text not null,
  quote text not null,
  close_time text not null,
  close_zone text not null,
  benchmark text,
  proxy text,
  graded_by text not null default 'return'    -- return | level
);

create table prices (
  symbol text not null references assets(symbol),
  day text not null,
  open real, high real, low real,
  close real not null,
  volume real,
  provider text not null default '',
  loaded_at text,
  primary key (symbol, day)
) without rowid;

create table price_conflicts (
  symbol text not null references assets(symbol),
  day text not null,
  provider text not null,
  close real not null,
  other_provider text not null,
  other_close real not null,
  noted_at text not null,
  primary key (symbol, day, provider, other_provider)
) without rowid;

create table calls (
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
  read_at text, superseded_at text,   -- null: current
  asset text not null, stance text not null,
  target real, target_high real, target_percent integer not null default 0,
  horizon text, horizon_start text, horizon_end text, horizon_kernel text,
  condition_asset text, condition_side text, condition_level real,
  primary key (id, extractor_version)    -- a claim read otherwise by a newer reader is a new row
);

create table correlations (
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
  read_at text, superseded_at text,
  driver text not null, driver_event text, event_id text,
  response text not null, relation text not null, kind text not null default 'pattern',
  lag_days real, lag_days_high real,
  magnitude_pct real, coefficient real, instances integer,
  periods text not null default '[]',
  primary key (id, extractor_version)    -- a claim read otherwise by a newer reader is a new row
);

create table figures (
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
  read_at text, superseded_at text,
  text text not null, text_start integer not null,
  value real not null, value_high real,
  unit text not null, role text not null,
  asset text, direction text, hedge text,
  period text, period_start text, period_end text,
  primary key (id, extractor_version)    -- a claim read otherwise by a newer reader is a new row
);

create table verdicts (
  claim_id text not null,
  claim_kind text not null,
  measure text not null,
  horizon integer not null default 0,
  status text not null,           -- held | failed | mixed | pending | ungradable
  reason text,
  value real,
  base_rate real,                 -- or the null odds, for a target
  entry_date text, entry_price real,
  exit_date text, exit_price real,
  detail text not null default '{}',
  rule_version text not null,
  input_hash text not null,
  graded_at text,
  current integer not null default 1,
  primary key (claim_id, measure, horizon, rule_version, input_hash)
);

create table speaker_records (
  speaker_id integer not null references speakers(id),
  horizon integer not null,
  asset text not null default '',  -- '' all assets together
  basis text not null default 'verified',  -- verified | all readings, whatever their confidence
  status text not null,            -- ranked | unranked | untestable | reference
  rank integer,
  calls integer not null,          -- all folded calls of the speaker
  n integer not null,              -- of them graded at this horizon
  n_effective real,
  hits real,
  hit_rate real, base_rate real, skill real,
  wilson_low real, wilson_high real,
  p_value real, q_value real,
  posterior_skill real, posterior_low real, posterior_high real,
  mean_return real,
  n_needed real,                   -- effective calls it would take to tell this skill from none
  bullish_share real,
  coverage real,                   -- graded share of the calls
  ungraded text not null default '{}',   -- reason: count
  unverified integer not null default 0, -- calls left out for low confidence
  extra text not null default '{}',      -- Pesaran-Timmermann, Brier, calibration
  rule_version text not null,
  graded_at text,
  primary key (speaker_id, horizon, asset, basis)
);

create table rejected_claims (
  id integer primary key,
  document_id text references documents(id),
  claim text not null,
  reason text not null,
  layer text not null,
  at text not null
);

create table rejected_input (
  id integer primary key,
  path text not null, line integer,
  reason text not null,
  at text not null
);

create table runs (
  id integer primary key,
  stage text not null,
  started text not null, ended text,
  status text not null,            -- running | ok | failed | stopped
  done integer not null default 0,
  detail text
);
