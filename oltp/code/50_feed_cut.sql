-- The feed: what the warehouse reads. One view per raw table of the source `shop`, all texts, personal postal
-- codes of orders left out. Each reader sees the shop as it was after one change, its cut: rows that nobody
-- touched since come from the tables, the others from the change log. freeze_feed() moves the cut to now.

delimiter $$

drop procedure if exists freeze_feed $$
create procedure freeze_feed()
    comment 'Moves the cut of the calling reader to now, a moment without unfinished changes'
begin
    declare v_barrier_id tinyint;
    declare v_change_sequence bigint;
    declare exit handler for sqlexception begin rollback; resignal; end;
    start transaction;
    -- Waits for the writers under way; new ones wait until the commit.
    select barrier_id into v_barrier_id from change_barrier for update;
    select coalesce(max(change_sequence), 0) into v_change_sequence from change_log;
    replace into feed_cuts (reader, change_sequence, cut_at)
    values (substring_index(user(), '@', 1), v_change_sequence, utc_timestamp(6));
    commit;
end $$

delimiter ;

-- A reader that never called freeze_feed sees everything.
create or replace view feed_cut as
select
    coalesce(max(change_sequence), 9223372036854775807) as change_sequence,
    coalesce(max(cut_at), utc_timestamp(6)) as cut_at
from feed_cuts
where reader = substring_index(user(), '@', 1);

create or replace view changed_after_cut as
select distinct
    table_name,
    row_key
from change_log
where change_sequence > (select change_sequence from feed_cut);

create or replace view last_changes_before_cut as
select
    changed_after_cut.table_name,
    changed_after_cut.row_key,
    max(change_log.change_sequence) as change_sequence
from changed_after_cut
inner join change_log
    on changed_after_cut.table_name = change_log.table_name
    and changed_after_cut.row_key = change_log.row_key
where change_log.change_sequence <= (select change_sequence from feed_cut)
group by changed_after_cut.table_name, changed_after_cut.row_key;

-- What was there at the cut and has changed since.
create or replace view restored_rows as
select
    change_log.table_name,
    change_log.row_key,
    json_extract(change_log.after_row, '$') as row_content
from last_changes_before_cut
inner join change_log
    on last_changes_before_cut.change_sequence = change_log.change_sequence
where change_log.operation <> 'delete';

-- Every change up to the cut, for readers that copy what is new.
create or replace view shop_changes as
select
    change_sequence,
    table_name,
    row_key,
    operation,
    after_row as row_content,
    changed_at
from change_log
where change_sequence <= (select change_sequence from feed_cut);

create or replace view shop_cut as
select
    least(
        feed_cut.change_sequence, (select coalesce(max(change_sequence), 0) from change_log)
    ) as change_sequence,
    feed_cut.cut_at
from feed_cut;
