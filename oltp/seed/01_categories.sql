-- Parents have smaller numbers than their children.
select
    category_id,
    category_name,
    parent_category_id
from raw_categories
order by cast(category_id as bigint)
