{% if x %}
echo (
