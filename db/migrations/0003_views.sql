-- Current claims only, and the place to start for anyone who writes SQL: one row per current call and horizon.

create view current_calls as select * from calls where superseded_at is null;
create view current_correlations as select * from correlations where superseded_at is null;
create view current_figures as select * from figures where superseded_at is null;

create view call_outcomes as
select
  calls.id as call_id,
  verdicts.horizon,
  verdicts.measure,
  coalesce(speakers.name, calls.speaker) as speaker,
  calls.speaker_id,
  calls.organisation,
  calls.asset,
  calls.stance,
  calls.target,
  calls.target_high,
  calls.target_percent,
  calls.horizon as stated_horizon,
  calls.conditional,
  calls.confidence,
  calls.verified,
  calls.rejected,
  calls.quote,
  documents.id as document_id,
  documents.title as document_title,
  documents.publisher,
  documents.published,
  documents.cluster_id,
  documents.copy_kind,
  verdicts.status,
  verdicts.reason,
  verdicts.value,
  verdicts.base_rate,
  verdicts.entry_date,
  verdicts.entry_price,
  verdicts.exit_date,
  verdicts.exit_price,
  verdicts.rule_version,
  verdicts.input_hash
from calls
join documents on documents.id = calls.document_id
join verdicts on verdicts.claim_id = calls.id and verdicts.current = 1
left join speakers on speakers.id = calls.speaker_id
where calls.superseded_at is null and verdicts.measure = 'direction';
