#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What a shell and its commands answer, in a folder of its own: tests/suites/run
# compares this host's output with that of the same programs for arm64. Nothing in
# it depends on time, user or machine.
export TZ=UTC0 LC_ALL=C
umask 022

say() {
	echo "-- $*"
	"$@" 2>&1 | sed 's/^[^ ]*busybox/busybox/'
}

seq 1 20 >numbers
printf 'pear 3\napple 10\nfig 2\napple 1\n' >fruit
printf 'apple red\nfig blue\n' >colours
mkdir -p dir/sub
echo one >dir/one
echo two >dir/sub/two
ln -s one dir/link
ln dir/one dir/hard
mkfifo dir/fifo
chmod 640 dir/one
touch -d '2020-02-03 04:05:06' dir/one dir/sub
truncate -s 500000000 large
chmod 4711 dir/sub/two

say sort fruit
say sort -k2n -u fruit
sort -r fruit | tac | uniq -c
sort fruit >sorted
say join sorted colours
say cut -d' ' -f2 fruit
say tr a-f A-F <fruit
say wc numbers fruit
say head -n 3 numbers
say tail -n +18 numbers
say od -An -tx1 fruit
say sha256sum fruit numbers
say md5sum fruit
say cksum fruit
say base64 fruit
base64 fruit | base64 -d | cmp - fruit && echo same
say expr 6 '*' 7
say factor 1234567890123 97
say dd if=numbers bs=7 count=2 skip=1 status=none
say fold -w 5 fruit
say nl fruit
say paste -d, -s numbers
say comm -12 fruit sorted
say tsort colours
say split -l 8 numbers part-
say ls part-aa part-ab part-ac
say stat -c '%n %s %A %h %F' dir/one dir/link dir/hard dir/fifo dir/sub large
say stat -c '%Y' dir/one dir/sub
say ls -ln --time-style=+%s dir/one 2>/dev/null | awk '{print $1, $2, $5}'
say readlink dir/link
say realpath dir/../dir/./link
say find dir -type f -perm -4000
say cp -a dir copy
say stat -c '%n %A %Y' copy/one
say diff -r dir/sub copy/sub
say mv copy/one copy/sub/moved
say ls copy copy/sub
say rm -r copy
say rmdir dir
say cat missing
say cat dir
say mkdir dir
say test -r numbers -a -x dir
say date -d @1000000000 +%Y-%m-%dT%H:%M:%S
say env -i A=1 sh -c 'echo $A $0 $#' zero one
say nice -n 0 sh -c 'echo nice $?'
say timeout 0.2 sleep 5
timeout 0.2 sleep 5
echo "status $?"
sh -c 'timeout -s KILL 0.2 sleep 5; echo "status $?"' 2>/dev/null
say nohup sh -c 'trap; kill -HUP $$; echo alive'
say xargs -n 2 echo <numbers
say tee a b <fruit
cmp a b && echo same
say printf '%05.1f %x %s\n' 3.14159 255 end
say seq -s, 1 0.5 3
say du -b fruit
say sh -c 'exit 3'
(exit 7)
echo "status $?"
sh -c 'kill -TERM $$'
echo "status $?"
mknod none p && (echo through >none &) && cat none
trap 'echo caught' USR1
kill -USR1 $$
(
	set -e
	false
	echo not reached
)
echo "status $?"
sleep 1 &
kill $!
# busybox says of one that ended before that it is terminated, or doesn't.
wait $! 2>/dev/null
echo "status $?"
i=0
while [ $i -lt 20 ]; do
	i=$((i + 1))
	echo "$i" | cat
done | tail -n 1
echo "$(echo nested "$(echo deep)")" >&3
cat <<END
here $((2 * 21))
END
ulimit -n 64
ulimit -n
exec 4<numbers
read -r first <&4
read -r second <&4
echo "$first $second"
