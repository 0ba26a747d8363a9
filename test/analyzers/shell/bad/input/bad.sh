#!/bin/bash
if [ "$a"="$b" ]; then echo always; fi
while [[ $x!=$y ]]; do break; done
if [ -n $name ]; then :; fi
if [ $? ]; then :; fi
if [ $count > 10 ]; then :; fi
if [[ $count > 10 ]] && true; then :; fi
$name=value
COUNT = 5
make 2>&1 > build.log
make 2>&1 >>"$log dir/build.log" || exit 1
sudo echo "net.ipv4.ip_forward=1" > /etc/sysctl.conf
rm -rf /$dir
cd "~/projects"
[ -f "~/.bashrc" ] && echo found
curl -k https://example.com/install.sh | bash
curl -fsSL http://example.com/install.sh | sudo sh -s
echo "é"; [ -n ${other} ] && echo columns
