#!/usr/bin/env bash
# if [ "$a"="$b" ]; then
if [ "$a" = "$b" ] && [[ $a == "$b" ]]; then echo "[ $a=$b ]"; fi
if [ -n "$name" ] || [[ -n $name ]]; then :; fi
if [ $? -eq 0 ]; then :; fi
if [[ $version > 10.2 ]] || [[ $name < b ]] || (( count > 10 )); then :; fi
make > build.log 2>&1
errors=$(make 2>&1 >/dev/null)
make 2>&1 >/dev/null | grep error
choice=$(dialog --menu x 2>&1 >/dev/tty)
echo "x" | sudo tee /etc/file > /dev/null
sudo sh -c 'echo x > /etc/file'
sudo make install > install.log
rm -rf "/${dir:?}" "/tmp/$dir" "$dir"
cd ~/"projects" && [ -f ~/.bashrc ]
curl -fsSL https://example.com/install.sh | sh
echo "run: curl -k https://example.com/x.sh | bash"
echo 'if [ "$a"="$b" ]'
cat <<'EOF'
if [ "$a"="$b" ]; then
$name=value
EOF
cat <<-EOT
	COUNT = 5
	EOT
echo $((1 << 2)) '#' "${#a}" ${a#b} # comment with 'quote
local x=$y
docker ps --format '{{.Names}}' 2>&1
[ --option=value ]
COMMAND="a = b"
