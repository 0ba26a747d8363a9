SELECT a.id, 'é🛒' as label from orders a
where A.id = 1
