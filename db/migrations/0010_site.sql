-- What the pages of the site look up: the latest verdicts of one measure, and those of one kind of claim.
create index verdicts_latest on verdicts(measure, horizon, status, exit_date) where current = 1;
create index verdicts_by_kind on verdicts(claim_kind, status) where current = 1;
create index speaker_records_speaker on speaker_records(speaker_id, asset, horizon);
create index speaker_records_asset on speaker_records(asset, horizon, posterior_low);
create index runs_stage on runs(stage, status, ended);
create index drifts_head on drifts(head_document_id);
create index rejected_input_path on rejected_input(path);
create index calls_asset_current on calls(asset, id) where superseded_at is null;
create index verdicts_kind on verdicts(claim_kind, horizon, claim_id, status);
create index calls_asset_stance on calls(asset, stance);
